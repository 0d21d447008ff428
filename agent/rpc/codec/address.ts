import { type Address, formatAddress, parseAddress } from '../../../proto/address.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';

/** An address field; undefined when it is absent. */
export function decodeOptionalAddress(field: string, text: string): Address | undefined {
  if (text === '') return undefined;
  if (last?.text !== text) last = { text, address: inField(field, () => parseAddress(text)) };
  return last.address;
}

/** The rows of a large change mostly have one next hop: it is parsed, and kept, once. */
let last: { readonly text: string; readonly address: Address } | undefined;

/** An address field that must be there. */
export function decodeAddress(field: string, text: string): Address {
  return decodeOptionalAddress(field, text) ?? missingField(field, 'an IP address');
}

/** An address field; absent when there is none. */
export function encodeOptionalAddress(address: Address | undefined): string {
  return address === undefined ? '' : formatAddress(address);
}

/** Names the field in whatever is wrong with its value. */
export function inField<Value>(field: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof InvalidValueError)) throw cause;
    throw new InvalidValueError(cause.reason, `${field}: ${cause.message}`, cause.remedy);
  }
}

/** Refuses a request without a field that it needs. */
export function missingField(field: string, what: string): never {
  throw new InvalidValueError('MISSING_FIELD', `${field} is missing`, `send ${what}`);
}
