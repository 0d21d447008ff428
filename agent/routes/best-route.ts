import { type Address, type Family, parseAddress, unspecifiedAddress } from '../../proto/address.js';
import { containsAddress } from '../../proto/prefix.js';
import { effectiveMetric, type Route } from './route.js';

/**
 * The rows by which a table would reach an address: the longest prefix, and of these the lowest effective metric. More than one row is a tie.
 * What the host itself chooses is asked by RouteTable.bestRoute; this is for tables that are not there yet.
 */
export function bestRoutes(routes: Iterable<Route>, destination: Address): Route[] {
  let best: Route[] = [];
  for (const route of routes) {
    if (!reaches(route, destination)) continue;
    const order = best[0] === undefined ? -1 : compare(route, best[0]);
    if (order < 0) best = [route];
    else if (order === 0) best.push(route);
  }
  return best;
}

/** The default routes of a family that the host would take; more than one is a tie. */
export function bestDefaultRoutes(routes: Iterable<Route>, family: Family): Route[] {
  const defaults = [...routes].filter((route) => isDefaultRoute(route, family));
  return bestRoutes(defaults, parseAddress(unspecifiedAddress[family]));
}

/** Whether the row is for whatever no other row is for. */
export function isDefaultRoute({ destinationPrefix: { family, length } }: Pick<Route, 'destinationPrefix'>, wanted: Family): boolean {
  return family === wanted && length === 0;
}

/** A link-local address is reached on the interface of its zone alone. */
function reaches(route: Route, destination: Address): boolean {
  return (
    containsAddress(route.destinationPrefix, destination) && (destination.scopeId === 0 || destination.scopeId === route.interface.index)
  );
}

function compare(a: Route, b: Route): number {
  return b.destinationPrefix.length - a.destinationPrefix.length || sortingMetric(a) - sortingMetric(b);
}

/** Where the interface metric is unknown, `metric` may hold it already. */
function sortingMetric(route: Route): number {
  return effectiveMetric(route) ?? route.metric;
}
