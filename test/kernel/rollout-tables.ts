import { stringify } from 'yaml';
import type { IpMonitor } from '../support/ip-monitor.js';

/** A row as a desired state has it, and as `ip route` shows it on a host whose lan0 has the interface metric 25. */
interface Row {
  readonly route: { readonly prefix: string; readonly nextHop?: string; readonly interface: string; readonly metric: number };
  readonly shown: string;
}

const [one, two, nobody] = ['192.0.2.253', '192.0.2.254', '192.0.2.250'];

function via(prefix: string, nextHop: string | undefined, metric: number): Row {
  return {
    route: { prefix, ...(nextHop !== undefined && { nextHop }), interface: 'lan0', metric },
    shown: `${prefix.replace('/32', '')} ${nextHop === undefined ? '' : `via ${nextHop} `}dev lan0 proto 203 metric ${metric + 25}`,
  };
}

/** What the hosts may be asked to have. */
export type RouteState = 'old' | 'good' | 'dead' | 'cutting';

const rows: Readonly<Record<RouteState, readonly Row[]>> = {
  /** By the first router. */
  old: [via('198.18.1.0/24', one, 20), via('198.19.0.0/24', one, 5), via('198.18.3.0/24', one, 1)],
  /** By the second one: rows are changed, created and deleted, in both families. */
  good: [
    via('198.18.1.0/24', one, 7),
    via('198.18.2.0/24', two, 9),
    via('198.19.0.0/24', two, 5),
    { ...via('2001:db8:19::/48', undefined, 3), shown: '2001:db8:19::/48 dev lan0 proto 203 metric 28 pref medium' },
  ],
  /** By a router that is not there. */
  dead: [via('198.18.1.0/24', one, 20), via('198.19.0.0/24', nobody, 5), via('198.18.3.0/24', one, 1)],
  /** As before, and the controller by a router that is not there. */
  cutting: [via('198.18.1.0/24', one, 20), via('198.19.0.0/24', one, 5), via('198.18.3.0/24', one, 1), via('192.0.2.2/32', nobody, 1)],
};

/** The desired state, as a file. */
export function desiredYaml(state: RouteState): string {
  return stringify({ owner: 'team-net', routes: rows[state].map(({ route }) => route) });
}

/** The lines of a table, sorted. */
export function linesOf(table: string): readonly string[] {
  const lines = table.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').sort();
}

/** The same with the rows of rollouts as they are in a state. */
export function tableOf(table: string, state: RouteState): readonly string[] {
  const own = Object.values(rows).flatMap((each) => each.map(({ shown }) => shown));
  const rest = linesOf(table).filter((line) => !own.includes(line));
  return [...rest, ...rows[state].map(({ shown }) => shown)].sort();
}

/** Every change of a route that the kernel told of, from one of them on; "new 198.19.0.0/24 via 192.0.2.254 metric 30". */
export async function changesSeenBy({ routes, catchUp }: IpMonitor, from = 0): Promise<readonly string[]> {
  await catchUp();
  return routes.slice(from).map(({ kind, destinationPrefix, metric, hops }) => {
    return `${kind} ${destinationPrefix} via ${hops.map(({ nextHop }) => nextHop).join(', ')} metric ${metric}`;
  });
}
