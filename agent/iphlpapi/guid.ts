import { InvalidValueError, quote } from '../../proto/invalid-value.js';
import { dataView } from './row-codec.js';

/** "{6B29FC40-CA47-1067-B31D-00DD010662DA}" of the 16 bytes of a GUID: three little-endian numbers, then bytes as they are. */
export function decodeGuid(bytes: Uint8Array): string {
  const view = dataView(bytes);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const tail = Buffer.from(bytes.subarray(8, 16)).toString('hex');
  const parts = [hex(view.getUint32(0, true), 8), hex(view.getUint16(4, true), 4), hex(view.getUint16(6, true), 4)];
  return `{${[...parts, tail.slice(0, 4), tail.slice(4)].join('-')}}`.toUpperCase();
}

/**
 * The 16 bytes of a GUID. Braces and case do not matter.
 *
 * @throws InvalidValueError with reason INVALID_ARGUMENT
 */
export function encodeGuid(text: string): Uint8Array {
  const groups = /^\{?([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4}-[\da-f]{12})\}?$/i.exec(text);
  if (groups === null) {
    throw new InvalidValueError('INVALID_ARGUMENT', `${quote(text)} is not a GUID`, 'write it as "{6B29FC40-CA47-1067-B31D-00DD010662DA}"');
  }
  const [, first = '', second = '', third = '', tail = ''] = groups;
  const bytes = new Uint8Array(16);
  const view = dataView(bytes);
  view.setUint32(0, Number.parseInt(first, 16), true);
  view.setUint16(4, Number.parseInt(second, 16), true);
  view.setUint16(6, Number.parseInt(third, 16), true);
  bytes.set(Buffer.from(tail.replace('-', ''), 'hex'), 8);
  return bytes;
}
