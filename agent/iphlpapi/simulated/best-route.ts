import type { Address } from '../../../proto/address.js';
import { addressesOf, type HostInterface, isLinkLocal } from './host-interface.js';
import type { StoredRoute } from './route-store.js';

/** A route together with the interface that it is on. */
export interface RouteOnInterface {
  readonly route: StoredRoute;
  readonly owner: HostInterface;
}

/** The route that Windows takes: the longest prefix, then the lowest effective metric, then the oldest; only over interfaces that are up. */
export function bestRoute(
  routes: Iterable<StoredRoute>,
  interfaces: ReadonlyMap<bigint, HostInterface>,
  destination: Address,
): RouteOnInterface | undefined {
  let best: RouteOnInterface | undefined;
  for (const route of routes) {
    if (!covers(route, destination)) continue;
    const owner = interfaces.get(route.row.interfaceLuid);
    if (!owner?.up) continue;
    const candidate = { route, owner };
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function isBetter(candidate: RouteOnInterface, best: RouteOnInterface): boolean {
  const longer = candidate.route.row.destinationPrefix.length - best.route.row.destinationPrefix.length;
  return longer !== 0 ? longer > 0 : effectiveMetric(candidate) < effectiveMetric(best);
}

function effectiveMetric({ route: { row }, owner }: RouteOnInterface): number {
  return row.metric + (owner.bindings.get(row.destinationPrefix.family)?.metric ?? 0);
}

/** containsAddress without a copy for each row: this runs over the whole table. */
function covers({ row: { destinationPrefix } }: StoredRoute, { family, bytes }: Address): boolean {
  return destinationPrefix.family === family && commonBits(destinationPrefix.bytes, bytes) >= destinationPrefix.length;
}

/** Leading bits that two addresses of one family share. */
export function commonBits(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const different = (a[index] ?? 0) ^ (b[index] ?? 0);
    if (different !== 0) return index * 8 + Math.clz32(different) - 24;
  }
  return a.length * 8;
}

/**
 * The source address for a destination: of the scope of the destination, and with the most leading bits in common (rules 2 and 8 of
 * RFC 6724, section 5). An interface without addresses of its own borrows one from another that is up.
 */
export function bestSource(owner: HostInterface, interfaces: Iterable<HostInterface>, destination: Address): Address | undefined {
  const own = addressesOf(owner, destination.family);
  const others = [...interfaces].filter(({ up }) => up).flatMap((each) => addressesOf(each, destination.family));
  const candidates = (own.length > 0 ? own : others).map(({ address }) => address);
  const rank = (address: Address): number =>
    (isLinkLocal(address) === isLinkLocal(destination) ? 1000 : 0) + commonBits(address.bytes, destination.bytes);
  return candidates.toSorted((a, b) => rank(b) - rank(a))[0];
}
