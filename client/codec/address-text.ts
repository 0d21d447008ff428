import { formatAddress } from '../../proto/address.js';
import { formatPrefix } from '../../proto/prefix.js';

/** Makes the canonical text of addresses in columns of bytes. */
export interface AddressText {
  /** "10.0.0.0/8" of 4 bytes as one number. */
  prefix4(address: number, length: number): string;
  /** "2001:db8::/32" of 16 bytes. */
  prefix6(bytes: Uint8Array, length: number): string;
  /** "192.0.2.1" of 4 bytes as one number. */
  address4(address: number): string;
  /** "2001:db8::1", or "fe80::1%12" with a zone that is not 0; of 16 bytes. */
  address6(bytes: Uint8Array, zone: number): string;
}

/** Most texts that are remembered of one kind. */
const mostKnown = 4096;
const octets: readonly string[] = Array.from({ length: 256 }, (_, octet) => `${octet}.`);

/**
 * For one listing. Tables have few next hops and many prefixes that differ in the last octet alone: what was made for one row mostly serves the next.
 */
export function createAddressText(): AddressText {
  const addresses4 = new Map<number, string>();
  const addresses6 = new Map<string, string>();
  const ends: string[] = [];
  let network = -1;
  let start = '';
  return {
    prefix4(address, length) {
      if (address >>> 8 !== network) {
        network = address >>> 8;
        start = startOf(address);
      }
      const end = (length << 8) | (address & 0xff);
      ends[end] ??= `${address & 0xff}/${length}`;
      return start + ends[end];
    },
    prefix6: (bytes, length) => formatPrefix({ family: 6, bytes, length }),
    address4: (address) => remember(addresses4, address, () => startOf(address) + (address & 0xff)),
    address6: (bytes, zone) =>
      remember(addresses6, `${String.fromCharCode(...bytes)}${zone}`, () => formatAddress({ family: 6, bytes, scopeId: zone })),
  };
}

function startOf(address: number): string {
  return `${octets[address >>> 24]}${octets[(address >>> 16) & 0xff]}${octets[(address >>> 8) & 0xff]}`;
}

function remember<Key>(known: Map<Key, string>, key: Key, make: () => string): string {
  const text = known.get(key);
  if (text !== undefined) return text;
  const made = make();
  if (known.size >= mostKnown) known.clear();
  known.set(key, made);
  return made;
}
