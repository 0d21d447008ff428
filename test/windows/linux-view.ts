import type { NetworkInterface } from '../../client/model/network-interface.js';
import type { Route } from '../../client/model/route.js';
import type { TestNetwork } from './network.js';

/** What `ip -json -4 route` and an agent under Wine both know of a row. */
export type ComparableRoute = Pick<
  Route,
  'destinationPrefix' | 'nextHop' | 'onLink' | 'interfaceAlias' | 'interfaceIndex' | 'metric' | 'protocol'
>;

/** What `ip -json address` and an agent under Wine both know of an interface. */
export type ComparableInterface = Pick<
  NetworkInterface,
  'alias' | 'index' | 'type' | 'physicalAddress' | 'mtu' | 'operationalStatus' | 'addresses'
>;

interface LinuxRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
  readonly nexthops?: readonly { readonly gateway?: string; readonly dev: string }[];
}

interface LinuxLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly link_type: string;
  readonly address: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

/**
 * The rows that the agent must show, by `ip -4 route`. Wine 8 reads /proc/net/route (dlls/nsiproxy.sys/ip.c), and so
 * - shows the main table alone, not `local` (own addresses, broadcast) and not other tables;
 * - leaves out rows without an interface: blackhole, unreachable;
 * - shows only the first next hop of a row that has several;
 * - calls a row with a next hop NetMgmt and every other one Local, whatever its protocol is;
 * - reads the decimal metric as a hexadecimal number: 42 becomes 66. That is its mistake, not the agent's.
 */
export async function expectedRoutes(network: TestNetwork): Promise<ComparableRoute[]> {
  const rows = JSON.parse(await network.ip('-json', '-4', 'route')) as readonly LinuxRoute[];
  const indexes = new Map((await readLinks(network)).map(({ ifname, ifindex }) => [ifname, ifindex]));
  return rows.flatMap(({ dst, metric = 0, ...row }) => {
    const { dev, gateway } = row.nexthops?.[0] ?? row;
    if (row.type !== undefined || dev === undefined) return [];
    const onLink = gateway === undefined;
    return {
      destinationPrefix: canonicalPrefix(dst),
      nextHop: gateway ?? '0.0.0.0',
      onLink,
      interfaceAlias: dev,
      interfaceIndex: indexes.get(dev) ?? 0,
      metric: Number.parseInt(String(metric), 16),
      protocol: onLink ? ('local' as const) : ('netMgmt' as const),
    };
  });
}

/**
 * The interfaces that the agent must show, by `ip address`: all of them, as Wine does not tell where IP is bound. Wine calls every interface
 * administratively up; the operational state is real.
 */
export async function expectedInterfaces(network: TestNetwork): Promise<ComparableInterface[]> {
  const links = await readLinks(network);
  return links.map((link) => {
    const isLoopback = link.link_type === 'loopback';
    return {
      alias: link.ifname,
      index: link.ifindex,
      type: isLoopback ? 24 : 6,
      // Wine tells of no hardware address where Linux has zeros.
      physicalAddress: isLoopback ? undefined : link.address.replaceAll(':', '-'),
      mtu: link.mtu,
      operationalStatus: link.flags.includes('UP') ? ('up' as const) : ('down' as const),
      addresses: link.addr_info.map(({ local, prefixlen }) => ({
        address: local.startsWith('fe80:') ? `${local}%${link.ifindex}` : local,
        prefixLength: prefixlen,
      })),
    };
  });
}

/** A row of the agent as far as it can be compared. */
export function comparableRoute(route: Route): ComparableRoute {
  const { destinationPrefix, nextHop, onLink, interfaceAlias, interfaceIndex, metric, protocol } = route;
  return { destinationPrefix, nextHop, onLink, interfaceAlias, interfaceIndex, metric, protocol };
}

/** An interface of the agent as far as it can be compared. */
export function comparableInterface(networkInterface: NetworkInterface): ComparableInterface {
  const { alias, index, type, physicalAddress, mtu, operationalStatus, addresses } = networkInterface;
  return { alias, index, type, physicalAddress, mtu, operationalStatus, addresses };
}

async function readLinks(network: TestNetwork): Promise<LinuxLink[]> {
  const links = JSON.parse(await network.ip('-json', 'address')) as readonly LinuxLink[];
  return links.toSorted((a, b) => a.ifindex - b.ifindex);
}

/** ip writes "default", and leaves "/32" out. */
function canonicalPrefix(destination: string): string {
  if (destination === 'default') return '0.0.0.0/0';
  return destination.includes('/') ? destination : `${destination}/32`;
}
