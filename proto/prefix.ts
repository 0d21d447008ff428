import { type Address, type Family, formatAddress, parseAddress } from './address.js';
import { InvalidValueError, quote } from './invalid-value.js';

/** A block of addresses: all that share the first `length` bits. */
export interface Prefix {
  readonly family: Family;
  /** 4 or 16 bytes in network byte order; the bits behind `length` are zero. */
  readonly bytes: Uint8Array;
  /** 0 to 32, or 0 to 128. */
  readonly length: number;
}

/** Bits of an address. */
export const addressBits: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/**
 * Reads "10.0.0.0/8" or "2001:db8::/32". Host bits are refused rather than dropped: whoever wrote them meant another prefix.
 *
 * @throws InvalidValueError with reason INVALID_PREFIX or HOST_BITS_SET
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/');
  if (slash < 0) throw notAPrefix(text, 'add the prefix length after "/"; a single host has /32 in IPv4 and /128 in IPv6');
  const { family, bytes, scopeId } = parsePrefixAddress(text, text.slice(0, slash));
  const bits = addressBits[family];
  const lengthText = text.slice(slash + 1);
  const length = Number(lengthText);
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText) || length > bits) {
    throw new InvalidValueError(
      'INVALID_PREFIX',
      `the prefix length ${quote(lengthText)} of ${quote(text)} is not a whole number from 0 to ${bits}`,
      `write a length from 0 to ${bits} after "/"`,
    );
  }
  if (scopeId !== 0) throw notAPrefix(text, 'leave the zone out; name the interface of the route instead');
  if (hasHostBits(bytes, length)) {
    const canonical = formatPrefix({ family, bytes: maskBytes(bytes, length), length });
    throw new InvalidValueError(
      'HOST_BITS_SET',
      `${quote(text)} has bits set behind its prefix length of ${length}`,
      `write "${canonical}" for the network or "${formatAddress({ family, bytes, scopeId })}/${bits}" for the single host`,
    );
  }
  return { family, bytes, length };
}

function hasHostBits(bytes: Uint8Array, length: number): boolean {
  for (let index = length >> 3; index < bytes.length; index++) {
    const hostBits = index === length >> 3 ? 0xff >> (length & 7) : 0xff;
    if (((bytes[index] ?? 0) & hostBits) !== 0) return true;
  }
  return false;
}

function parsePrefixAddress(text: string, addressText: string): Address {
  try {
    return parseAddress(addressText);
  } catch (cause) {
    if (cause instanceof InvalidValueError)
      throw notAPrefix(text, 'write an address and a length, such as "10.0.0.0/8" or "2001:db8::/32"');
    throw cause;
  }
}

function notAPrefix(text: string, remedy: string): InvalidValueError {
  return new InvalidValueError('INVALID_PREFIX', `${quote(text)} is not a prefix`, remedy);
}

/** Canonical text, "10.0.0.0/8". */
export function formatPrefix({ family, bytes, length }: Prefix): string {
  if (family === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}/${length}`;
  return `${formatAddress({ family, bytes, scopeId: 0 })}/${length}`;
}

/** Whether `outer` holds all addresses of `inner`; also true for equal prefixes. Families never mix. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.length <= inner.length && startsAlike(outer.bytes, inner.bytes, outer.length);
}

/** Whether the prefix holds the address. */
export function containsAddress(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && startsAlike(prefix.bytes, address.bytes, prefix.length);
}

/** Whether the first bits are the same. Nothing is copied: this runs over whole tables. */
function startsAlike(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (a[index] !== b[index]) return false;
  const rest = bits & 7;
  return rest === 0 || (((a[whole] ?? 0) ^ (b[whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0;
}

function maskBytes(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.map((byte, index) => byte & (0xff << (8 - Math.min(8, Math.max(0, length - index * 8)))));
}
