import { isIPv4 } from 'node:net';
import { type Address, isUnspecified, parseAddress } from '../../proto/address.js';
import { formatPrefix, type Prefix } from '../../proto/prefix.js';
import type { RouteKey } from '../routes/route.js';
import { dataView, maskLength } from './row-codec.js';

/** A value of PersistentRoutes, as Windows reads it at boot. */
export interface PersistentRoute {
  /** Name of the value. */
  readonly name: string;
  readonly destinationPrefix: Prefix;
  /** A router; an address of the host itself, or 0.0.0.0, for an on-link route. */
  readonly gateway: Address;
}

/**
 * Reads the name of a value: "destination,mask,gateway,metric". Undefined: it is no route.
 *
 * The metric only has to be one: it is not part of what makes a row unique, so that a row whose metric was changed meanwhile is still the row that
 * comes back. -1 is what stands for "unused" (the page of Win32_IP4PersistedRouteTable says so).
 *
 * https://learn.microsoft.com/windows-server/administration/windows-commands/route_ws2008 tells where the values are, the form of their names is
 * that of Microsoft's description of TCP/IP in Windows 2000.
 */
export function parsePersistentRoute(name: string): PersistentRoute | undefined {
  const [destinationText = '', maskText = '', gatewayText = '', metric = '', ...rest] = name.split(',');
  if (rest.length > 0 || ![destinationText, maskText, gatewayText].every((text) => isIPv4(text))) return undefined;
  if (metric !== '-1' && !(/^\d{1,10}$/.test(metric) && Number(metric) <= 0xffff_ffff)) return undefined;
  const [destination, mask, gateway] = [parseAddress(destinationText), parseAddress(maskText), parseAddress(gatewayText)];
  const length = maskLength(mask.bytes);
  if (length === undefined || destination.bytes.some((byte, index) => (byte & ~(mask.bytes[index] as number)) !== 0)) return undefined;
  return { name, destinationPrefix: { family: 4, bytes: destination.bytes, length }, gateway };
}

/** The bytes of an IPv4 address as the word that columns of a table have. */
export function wordOf({ bytes }: Pick<Address, 'bytes'>): number {
  return dataView(bytes).getInt32(0, true);
}

/** Whether a row goes to the destination of a value by its next hop; undefined: only if the gateway is an address of the row's interface. */
export function goesBy(route: PersistentRoute, destinationLength: number, nextHop: number): boolean | undefined {
  if (destinationLength !== route.destinationPrefix.length) return false;
  if (nextHop !== 0 || isUnspecified(route.gateway)) return wordOf(route.gateway) === nextHop;
  return undefined;
}

/**
 * Whether a value brings a row back: same prefix, same next hop, whatever the metric. On-link it names an address of the row's interface, or 0.0.0.0.
 * Otherwise a value names no interface: rows of several interfaces may be meant.
 *
 * @param isOwn - whether an address is one of the row's interface
 */
export function bringsBack(route: PersistentRoute, key: RouteKey, isOwn: (address: Address) => boolean): boolean {
  const { destinationPrefix, nextHop } = key;
  if (destinationPrefix.family !== 4 || formatPrefix(destinationPrefix) !== formatPrefix(route.destinationPrefix)) return false;
  return goesBy(route, destinationPrefix.length, wordOf(nextHop)) ?? isOwn(route.gateway);
}
