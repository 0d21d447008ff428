import { InvalidValueError } from '../../../proto/invalid-value.js';

/** Refuses a number that the contract does not list for an enum; protobuf itself passes any number on. */
export function checkEnum<Values extends Readonly<Record<string, number>>>(
  field: string,
  values: Values,
  value: number,
): Values[keyof Values] {
  const known = Object.values(values).find((candidate) => candidate === value);
  if (known !== undefined) return known as Values[keyof Values];
  const list = Object.entries(values).map(([name, number]) => `${name} (${number})`);
  throw new InvalidValueError('INVALID_ENUM', `${field}: ${value} is not in the contract`, `send one of ${list.join(', ')}`);
}
