import { type Family, parseAddress, unspecifiedAddress } from '../../../proto/address.js';
import { addressBits, type Prefix, parsePrefix } from '../../../proto/prefix.js';
import { PROTOCOL_LOCAL, PROTOCOL_NETMGMT } from '../../routes/protocol.js';
import { INFINITE } from '../layout.js';
import type { ForwardRow2 } from '../row-codec.js';
import { addressesOf, type HostAddress, type HostInterface, isLinkLocal } from './host-interface.js';
import type { ConfigurationOrigin, RouteProfile } from './host-profile.js';

/** https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_route_origin */
export const routeOrigin: Readonly<Record<ConfigurationOrigin, number>> = { manual: 0, wellKnown: 1, dhcp: 2, routerAdvertisement: 3 };

/** ifType of the software loopback interface. */
const IF_TYPE_SOFTWARE_LOOPBACK = 24;

/** Seconds that a router advertises for itself, the default of RFC 4861 (AdvDefaultLifetime). */
const ROUTER_LIFETIME = 1800;

/** Row metric of everything that Windows itself adds for an address. */
const SYSTEM_METRIC = 256;

/** A row with the members that Windows gives a manual route, on this interface. */
export function forwardRow2(
  owner: HostInterface,
  members: Partial<ForwardRow2> & Pick<ForwardRow2, 'destinationPrefix' | 'nextHop'>,
): ForwardRow2 {
  return {
    sitePrefixLength: 0,
    validLifetime: INFINITE,
    preferredLifetime: INFINITE,
    metric: 0,
    protocol: PROTOCOL_NETMGMT,
    loopback: false,
    autoconfigureAddress: false,
    publish: false,
    immortal: true,
    age: 0,
    origin: routeOrigin.manual,
    ...members,
    interfaceLuid: owner.luid,
    interfaceIndex: owner.index,
  };
}

/** A route of the host's configuration. */
export function configuredRow(owner: HostInterface, route: RouteProfile): ForwardRow2 {
  const advertised = route.origin === 'routerAdvertisement';
  const lifetime = advertised ? ROUTER_LIFETIME : INFINITE;
  return forwardRow2(owner, {
    destinationPrefix: parsePrefix(route.destinationPrefix),
    nextHop: parseAddress(route.nextHop),
    metric: route.metric,
    origin: routeOrigin[route.origin],
    validLifetime: lifetime,
    preferredLifetime: lifetime,
    autoconfigureAddress: advertised || route.origin === 'dhcp',
    immortal: !advertised,
  });
}

/**
 * The rows that Windows itself has for a family of an interface that is up: on-link prefixes, own addresses, broadcast, multicast.
 * Two addresses of one prefix yield its row twice; the key makes it one.
 */
export function systemRows(owner: HostInterface, family: Family): ForwardRow2[] {
  if (!owner.up || !owner.bindings.has(family)) return [];
  const addresses = addressesOf(owner, family);
  const wellKnown = family === 4 ? ['224.0.0.0/4', '255.255.255.255/32'] : ['ff00::/8'];
  return [
    ...addresses.flatMap((address) => addressRows(owner, address)),
    ...wellKnown.map((prefix) => localRow(owner, parsePrefix(prefix), { origin: routeOrigin.wellKnown })),
  ];
}

function addressRows(owner: HostInterface, { address, prefixLength, origin }: HostAddress): ForwardRow2[] {
  const { family, bytes } = address;
  const bits = addressBits[family];
  // The addresses of the loopback interface and fe80::/64 are known without configuration.
  const wellKnown = owner.profile.type === IF_TYPE_SOFTWARE_LOOPBACK || isLinkLocal(address);
  const members = { origin: wellKnown ? routeOrigin.wellKnown : routeOrigin[origin], autoconfigureAddress: origin !== 'manual' };
  const own = localRow(owner, { family, bytes, length: bits }, { ...members, loopback: true });
  if (prefixLength === bits) return [own];
  const onLink = localRow(owner, { family, bytes: withHostBits(bytes, prefixLength, 0x00), length: prefixLength }, members);
  // RFC 3021: a /31 has no broadcast address.
  if (family === 6 || prefixLength === 31) return [onLink, own];
  const broadcast = { family, bytes: withHostBits(bytes, prefixLength, 0xff), length: bits };
  return [onLink, own, localRow(owner, broadcast, { ...members, loopback: true })];
}

function localRow(owner: HostInterface, destinationPrefix: Prefix, members: Partial<ForwardRow2>): ForwardRow2 {
  const nextHop = parseAddress(unspecifiedAddress[destinationPrefix.family]);
  return forwardRow2(owner, { metric: SYSTEM_METRIC, protocol: PROTOCOL_LOCAL, ...members, destinationPrefix, nextHop });
}

function withHostBits(bytes: Uint8Array, length: number, fill: 0x00 | 0xff): Uint8Array {
  return bytes.map((byte, index) => {
    const mask = (0xff << (8 - Math.min(8, Math.max(0, length - index * 8)))) & 0xff;
    return (byte & mask) | (fill & ~mask);
  });
}
