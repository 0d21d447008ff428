import type { Address, Family } from '../../proto/address.js';
import type { Prefix } from '../../proto/prefix.js';
import { AF_INET, AF_INET6, IP_ADDRESS_PREFIX, SOCKADDR_INET } from './layout.js';

/** ADDRESS_FAMILY of Windows by IP version. */
export const addressFamily: Readonly<Record<Family, number>> = { 4: AF_INET, 6: AF_INET6 };

/** IP version by ADDRESS_FAMILY of Windows; undefined for any other. */
export function familyOf(value: number): Family | undefined {
  if (value === AF_INET) return 4;
  if (value === AF_INET6) return 6;
  return undefined;
}

/** Reads a SOCKADDR_INET; undefined when its family is neither IPv4 nor IPv6. */
export function decodeSockaddr(view: DataView, offset: number): Address | undefined {
  const family = familyOf(view.getUint16(offset + SOCKADDR_INET.family, true));
  if (family === undefined) return undefined;
  const [start, length] = family === 4 ? [SOCKADDR_INET.ipv4Address, 4] : [SOCKADDR_INET.ipv6Address, 16];
  // Without a view of each: a table has them by the hundred thousand.
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = view.getUint8(offset + start + index);
  return { family, bytes, scopeId: family === 4 ? 0 : view.getUint32(offset + SOCKADDR_INET.ipv6ScopeId, true) };
}

/** Writes a SOCKADDR_INET; port and flow information are left zero. */
export function encodeSockaddr(view: DataView, offset: number, { family, bytes, scopeId }: Address): void {
  view.setUint16(offset + SOCKADDR_INET.family, addressFamily[family], true);
  const start = family === 4 ? SOCKADDR_INET.ipv4Address : SOCKADDR_INET.ipv6Address;
  copyInto(view, offset + start, bytes);
  if (family === 6) view.setUint32(offset + SOCKADDR_INET.ipv6ScopeId, scopeId, true);
}

/** Reads an IP_ADDRESS_PREFIX; undefined when its family is neither IPv4 nor IPv6. */
export function decodePrefix(view: DataView, offset: number): Prefix | undefined {
  const address = decodeSockaddr(view, offset + IP_ADDRESS_PREFIX.Prefix);
  return address && { family: address.family, bytes: address.bytes, length: view.getUint8(offset + IP_ADDRESS_PREFIX.PrefixLength) };
}

/** Writes an IP_ADDRESS_PREFIX. */
export function encodePrefix(view: DataView, offset: number, { family, bytes, length }: Prefix): void {
  encodeSockaddr(view, offset + IP_ADDRESS_PREFIX.Prefix, { family, bytes, scopeId: 0 });
  view.setUint8(offset + IP_ADDRESS_PREFIX.PrefixLength, length);
}

/** Writes bytes as they are. */
export function copyInto(view: DataView, offset: number, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) view.setUint8(offset + index, bytes[index] ?? 0);
}
