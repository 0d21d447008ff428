import { type Address, type Family, formatAddress } from '../../proto/address.js';
import { containsAddress, containsPrefix, formatPrefix, type Prefix } from '../../proto/prefix.js';
import type { InterfaceIdentity, Route } from './route.js';

/** Rows to take. Every field narrows. */
export interface RouteFilter {
  readonly family?: Family | undefined;
  readonly destination?:
    | { readonly match: 'exact' | 'within'; readonly prefix: Prefix }
    | { readonly match: 'covering'; readonly address: Address }
    | undefined;
  readonly interface?: InterfaceIdentity | undefined;
  readonly nextHop?: Address | undefined;
  /** NL_ROUTE_PROTOCOL; empty: any. */
  readonly protocols?: ReadonlySet<number>;
  /** NL_ROUTE_ORIGIN; empty: any. */
  readonly origins?: ReadonlySet<number>;
  /** Empty: any. */
  readonly owner?: string;
  readonly minMetric?: number | undefined;
  readonly maxMetric?: number | undefined;
}

/** Tells whether a row passes; whose it is, is looked up only where that matters. */
type RoutePredicate = (route: Route, ownerOf: (route: Route) => string | undefined) => boolean;

/** The filter as one test per row. What is not asked for costs nothing. */
export function compileFilter(filter: RouteFilter): RoutePredicate {
  const predicates = [...predicatesOf(filter)];
  return (route, ownerOf) => predicates.every((predicate) => predicate(route, ownerOf));
}

function* predicatesOf(filter: RouteFilter): Generator<RoutePredicate> {
  const { family, destination, nextHop, protocols, origins, owner = '', minMetric, maxMetric } = filter;
  if (family !== undefined) yield (route) => route.destinationPrefix.family === family;
  if (destination !== undefined) yield destinationPredicate(destination);
  const luid = filter.interface?.luid;
  if (luid !== undefined) yield (route) => route.interface.luid === luid;
  if (nextHop !== undefined) yield nextHopPredicate(nextHop);
  if (protocols?.size) yield (route) => protocols.has(route.protocol);
  if (origins?.size) yield (route) => route.origin !== undefined && origins.has(route.origin);
  if (owner !== '') yield (route, ownerOf) => ownerOf(route) === owner;
  if (minMetric !== undefined) yield (route) => route.metric >= minMetric;
  if (maxMetric !== undefined) yield (route) => route.metric <= maxMetric;
}

function destinationPredicate(destination: NonNullable<RouteFilter['destination']>): (route: Route) => boolean {
  switch (destination.match) {
    case 'exact': {
      const text = formatPrefix(destination.prefix);
      return (route) => formatPrefix(route.destinationPrefix) === text;
    }
    case 'within':
      return (route) => containsPrefix(destination.prefix, route.destinationPrefix);
    case 'covering':
      return (route) => containsAddress(route.destinationPrefix, destination.address);
  }
}

function nextHopPredicate(nextHop: Address): (route: Route) => boolean {
  const unscoped = formatAddress({ ...nextHop, scopeId: 0 });
  return (route) =>
    formatAddress({ ...route.nextHop, scopeId: 0 }) === unscoped && (nextHop.scopeId === 0 || nextHop.scopeId === route.interface.index);
}
