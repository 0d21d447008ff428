import { type Address, parseAddress, unspecifiedAddress } from '../../../proto/address.js';
import { formatPrefix, type Prefix, parsePrefix } from '../../../proto/prefix.js';
import type { ForwardRow2 } from '../row-codec.js';
import type { HostInterface } from './host-interface.js';
import type { RowIdentity } from './route-store.js';
import type { SimulatedHost } from './simulated-host.js';
import { forwardRow2 } from './system-rows.js';

/** A row as another program names it: the interface by alias, LUID or index, prefix and next hop as text or value. */
export interface RouteEdit extends Partial<Omit<ForwardRow2, 'destinationPrefix' | 'nextHop' | 'age'>> {
  readonly destinationPrefix: string | Prefix;
  /** Default: unspecified, which is on-link. */
  readonly nextHop?: string | Address;
  readonly interfaceAlias?: string;
}

/** Adds the row. Throws if it is there: the caller, a test or a demo, then is wrong about its own host. */
export function addRoute(host: SimulatedHost, edit: RouteEdit): void {
  const { owner, identity, members } = resolve(host, edit);
  if (host.getRoute(identity)) throw new Error(`${describe(owner, identity)} exists`);
  host.addRoute(forwardRow2(owner, { ...members, ...identity }));
}

/** Changes the given members of a row that is there. */
export function setRoute(host: SimulatedHost, edit: RouteEdit): void {
  const { owner, identity, members } = resolve(host, edit);
  const route = host.getRoute(identity);
  if (route === undefined) throw new Error(`${describe(owner, identity)} does not exist`);
  host.setRoute({ ...route.row, ...members, ...identity, interfaceIndex: owner.index });
}

/** Deletes a row that is there. */
export function deleteRoute(host: SimulatedHost, edit: RouteEdit): void {
  const { owner, identity } = resolve(host, edit);
  const route = host.getRoute(identity);
  if (route === undefined) throw new Error(`${describe(owner, identity)} does not exist`);
  host.deleteRoute(route.row);
}

function resolve(
  host: SimulatedHost,
  edit: RouteEdit,
): { owner: HostInterface; identity: RowIdentity; members: Partial<Omit<ForwardRow2, 'destinationPrefix' | 'nextHop'>> } {
  const { destinationPrefix: prefix, nextHop: hop, interfaceAlias, ...members } = edit;
  const destinationPrefix = typeof prefix === 'string' ? parsePrefix(prefix) : prefix;
  const given = hop ?? unspecifiedAddress[destinationPrefix.family];
  const nextHop = typeof given === 'string' ? parseAddress(given) : given;
  const owner =
    interfaceAlias === undefined
      ? host.findInterface(edit.interfaceLuid ?? 0n, edit.interfaceIndex ?? 0)
      : host.interfaces.find(({ alias }) => alias === interfaceAlias);
  if (owner === undefined) throw new Error('no such interface: name one by interfaceAlias, interfaceLuid or interfaceIndex');
  return { owner, identity: { interfaceLuid: owner.luid, destinationPrefix, nextHop }, members };
}

function describe({ alias }: HostInterface, { destinationPrefix }: RowIdentity): string {
  return `route ${formatPrefix(destinationPrefix)} on "${alias}"`;
}
