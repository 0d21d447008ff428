import { parseAddress } from '../../proto/address.js';
import { containsPrefix, parsePrefix } from '../../proto/prefix.js';
import type { Route } from '../model/route.js';
import type { DesiredRouteEntry, DesiredStateFile } from './desired-state-schema.js';

/** What a desired state has of the rows of a host. */
export interface ImportedRoutes {
  readonly file: DesiredStateFile;
  /** Rows that are not in it, by the reason, in words that complete "left out: 3 …". */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Loopback, multicast and limited broadcast, which agents leave to Windows. */
const systemPrefixes = ['127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', '::1/128', 'ff00::/8'].map(parsePrefix);

/**
 * The rows that an owner has, or takes over, in the form of a desired state. Left out is what Windows or another program makes by itself, what
 * belongs to somebody else, and what the form has no word for.
 */
export function importRoutes(routes: readonly Route[], owner: string): ImportedRoutes {
  const leftOut = new Map<string, number>();
  const entries: DesiredRouteEntry[] = [];
  for (const route of routes) {
    const reason = reasonToLeaveOut(route, owner);
    if (reason === undefined) entries.push(entryOf(route));
    else leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  }
  return { file: { owner, routes: entries }, leftOut };
}

function reasonToLeaveOut(route: Route, owner: string): string | undefined {
  const prefix = parsePrefix(route.destinationPrefix);
  if (route.protocol === 'local' || route.loopback || systemPrefixes.some((system) => containsPrefix(system, prefix))) {
    return 'of the system';
  }
  if (route.owner !== undefined) return route.owner === owner ? lifetimeReason(route) : `of the owner ${route.owner}`;
  if (route.protocol !== 'netMgmt' || route.autoconfigured || (route.origin !== undefined && route.origin !== 'manual')) {
    return 'of DHCP, router advertisements or routing protocols';
  }
  return lifetimeReason(route);
}

/** Applied, it would stay for ever. */
function lifetimeReason({ validLifetimeSeconds }: Route): string | undefined {
  return validLifetimeSeconds === undefined ? undefined : 'with an end (valid lifetime)';
}

function entryOf({ destinationPrefix, nextHop, onLink, interfaceAlias, interfaceLuid, metric, persistent }: Route): DesiredRouteEntry {
  return {
    prefix: destinationPrefix,
    ...(onLink ? {} : { nextHop: withoutZone(nextHop) }),
    // An alias is what other hosts may have as well. In a desired state "${" begins a host variable.
    interface: interfaceAlias === undefined || interfaceAlias.includes('${') ? { luid: String(interfaceLuid) } : interfaceAlias,
    metric,
    // As it is: taking a row over is one thing, keeping it over reboots another.
    ...(persistent ? {} : { persistent }),
  };
}

/** The zone is the interface, which is named beside it by something that outlives a reboot. */
function withoutZone(nextHop: string): string {
  return parseAddress(nextHop).scopeId === 0 ? nextHop : nextHop.replace(/%.*/, '');
}
