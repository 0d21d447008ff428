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

type Predicate = (route: Route) => boolean;

/** The filter as one test per row. What is not asked for costs nothing. `ownerOf` tells whose a row is. */
export function compileFilter(filter: RouteFilter, ownerOf: (route: Route) => string | undefined): Predicate {
  const { owner = '' } = filter;
  const predicates = [...predicatesOf(filter)];
  if (owner !== '') predicates.push((route) => ownerOf(route) === owner);
  return (route) => predicates.every((predicate) => predicate(route));
}

function* predicatesOf(filter: RouteFilter): Generator<Predicate> {
  const { family, destination, nextHop, protocols, origins, minMetric, maxMetric } = filter;
  if (family !== undefined) yield (route) => route.destinationPrefix.family === family;
  if (destination !== undefined) yield destinationPredicate(destination);
  const luid = filter.interface?.luid;
  if (luid !== undefined) yield (route) => route.interface.luid === luid;
  if (nextHop !== undefined) yield nextHopPredicate(nextHop);
  if (protocols?.size) yield (route) => protocols.has(route.protocol);
  if (origins?.size) yield (route) => route.origin !== undefined && origins.has(route.origin);
  if (minMetric !== undefined) yield (route) => route.metric >= minMetric;
  if (maxMetric !== undefined) yield (route) => route.metric <= maxMetric;
}

function destinationPredicate(destination: NonNullable<RouteFilter['destination']>): Predicate {
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

function nextHopPredicate(nextHop: Address): Predicate {
  const unscoped = formatAddress({ ...nextHop, scopeId: 0 });
  return (route) =>
    formatAddress({ ...route.nextHop, scopeId: 0 }) === unscoped && (nextHop.scopeId === 0 || nextHop.scopeId === route.interface.index);
}
