import { InvalidValueError } from '../../proto/invalid-value.js';
import type { UnknownName } from '../model/route.js';

/** Names of an enum of the wire. */
export interface EnumCodec<Name extends string, Value extends number> {
  /** All names, in the order of the wire. */
  readonly names: readonly Name[];
  /** "unknown(123)" for a number that this version has no name for. */
  decode(value: Value): Name | UnknownName;
  /** @throws InvalidValueError with reason INVALID_ENUM */
  encode(name: Name | UnknownName): Value;
}

type Wire<Value extends number> = Readonly<Record<string, Value>>;

/**
 * Binds the names of an enum to its wire values. The table has a name for every value but UNSPECIFIED, so that a value that is new in the
 * contract fails to compile until it is named here.
 */
export function createEnumCodec<Name extends string, W extends Wire<number>>(
  subject: string,
  wire: W,
  table: Readonly<Record<Exclude<keyof W & string, 'UNSPECIFIED'>, Name>>,
): EnumCodec<Name, W[keyof W]> {
  const entries = Object.entries<Name>(table);
  const nameOf = new Map<number, Name>(entries.map(([key, name]) => [wire[key] as W[keyof W], name]));
  const numberOf = new Map<string, W[keyof W]>(entries.map(([key, name]) => [name, wire[key] as W[keyof W]]));
  return {
    names: entries.map(([, name]) => name),
    decode: (value) => nameOf.get(value) ?? `unknown(${value})`,
    encode: (name) => {
      const value = numberOf.get(name) ?? (Number(/^unknown\((\d{1,9})\)$/.exec(name)?.[1]) as W[keyof W]);
      if (Number.isInteger(value)) return value;
      throw new InvalidValueError('INVALID_ENUM', `"${name}" is no ${subject}`, `use one of ${[...numberOf.keys()].join(', ')}`);
    },
  };
}
