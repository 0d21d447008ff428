import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { InvalidValueError, quote } from './invalid-value.js';

/** IP version. */
export type Family = 4 | 6;

/** An IP address in network byte order. */
export interface Address {
  readonly family: Family;
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array;
  /** Interface index of a scoped IPv6 address, RFC 4007; 0 for none. */
  readonly scopeId: number;
}

/** Text of the address that stands for "on-link" as a next hop. */
export const unspecifiedAddress: Readonly<Record<Family, string>> = { 4: '0.0.0.0', 6: '::' };

/**
 * Reads dotted IPv4 or RFC 4291 IPv6 text; a zone ("%12") must be an interface index.
 *
 * @throws InvalidValueError with reason INVALID_ADDRESS
 */
export function parseAddress(text: string): Address {
  if (isIPv4(text)) return { family: 4, bytes: parseDotted(text), scopeId: 0 };
  const [unscoped = '', zone] = text.split('%', 2);
  if (!isIPv6(unscoped)) {
    throw new InvalidValueError(
      'INVALID_ADDRESS',
      `${quote(text)} is not an IP address`,
      'write IPv4 as four decimal numbers ("192.0.2.1") or IPv6 as in RFC 4291 ("2001:db8::1")',
    );
  }
  return { family: 6, bytes: Uint8Array.from(ipaddr.IPv6.parse(unscoped).toByteArray()), scopeId: parseZone(text, zone) };
}

/** By hand, for a change holds them by the thousand; the text is known to be well formed. */
function parseDotted(text: string): Uint8Array {
  const bytes = new Uint8Array(4);
  let index = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0) index += 1;
    else bytes[index] = (bytes[index] ?? 0) * 10 + digit;
  }
  return bytes;
}

function parseZone(text: string, zone: string | undefined): number {
  if (zone === undefined) return 0;
  const scopeId = Number(zone);
  if (/^[1-9]\d{0,9}$/.test(zone) && scopeId <= 0xffff_ffff) return scopeId;
  throw new InvalidValueError(
    'INVALID_ADDRESS',
    `the zone of ${quote(text)} is not an interface index`,
    'write the index of the interface after "%", such as "fe80::1%12"',
  );
}

/** Canonical text: dotted IPv4, RFC 5952 IPv6, RFC 4007 zone. */
export function formatAddress({ family, bytes, scopeId }: Address): string {
  if (family === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const text = formatIPv6(bytes);
  return scopeId === 0 ? text : `${text}%${scopeId}`;
}

function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] as number) << 8) | (bytes[2 * index + 1] as number));
  // RFC 5952 section 5: the well-known IPv4-mapped prefix is written with a dotted tail.
  if (groups[5] === 0xffff && groups.every((group, index) => index >= 5 || group === 0)) {
    return `::ffff:${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`;
  }
  const { start, length } = longestZeros(groups);
  const text = (from: number, to: number): string => {
    let joined = '';
    for (let index = from; index < to; index++) joined += (index === from ? '' : ':') + (groups[index] as number).toString(16);
    return joined;
  };
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}

/** The longest run of zeros, the first of those that are as long: RFC 5952 section 4.2. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0, length = 0; start + length < groups.length; ) {
    if (groups[start + length] === 0) {
      length += 1;
      if (length > longest.length) longest = { start, length };
    } else {
      start += length + 1;
      length = 0;
    }
  }
  return longest;
}

/** Whether the address is in 127.0.0.0/8, or "::1". */
export function isLoopback({ family, bytes }: Address): boolean {
  return family === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

/** Whether the address is "0.0.0.0" or "::", which as a next hop means on-link. */
export function isUnspecified(address: Address): boolean {
  for (const byte of address.bytes) if (byte !== 0) return false;
  return true;
}
