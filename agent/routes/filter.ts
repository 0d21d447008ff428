import { type Address, type Family, formatAddress } from '../../proto/address.js';
import { containsAddress, containsPrefix, formatPrefix, type Prefix } from '../../proto/prefix.js';
import type { InterfaceIdentity, Route } from './route.js';
import type { RouteTraits } from './route-chunk.js';

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

/** What of a row's traits a filter looks at. */
type FilteredTraits = Pick<RouteTraits, 'family' | 'interface' | 'protocol' | 'origin'>;

/** A filter in two parts: a row passes when both say so. What is not asked for costs nothing. */
export interface CompiledFilter {
  /** Undefined: no traits are wanted. */
  readonly traits: ((traits: FilteredTraits) => boolean) | undefined;
  /** Undefined: the rest of the row does not matter. */
  readonly row: RoutePredicate | undefined;
}

/** The filter as a test of traits, which many rows share, and one of each row. */
export function compileFilter(filter: RouteFilter): CompiledFilter {
  const traits = [...traitPredicatesOf(filter)];
  const row = [...rowPredicatesOf(filter)];
  return {
    traits: traits.length === 0 ? undefined : (candidate) => traits.every((predicate) => predicate(candidate)),
    row: row.length === 0 ? undefined : (route, ownerOf) => row.every((predicate) => predicate(route, ownerOf)),
  };
}

/** The filter as one test per row. */
export function compileRowFilter(filter: RouteFilter): RoutePredicate {
  const { traits, row } = compileFilter(filter);
  return (route, ownerOf) => {
    const { destinationPrefix, interface: identity, protocol, origin } = route;
    if (traits !== undefined && !traits({ family: destinationPrefix.family, interface: identity, protocol, origin })) return false;
    return row === undefined || row(route, ownerOf);
  };
}

function* traitPredicatesOf({
  family,
  interface: identity,
  protocols,
  origins,
}: RouteFilter): Generator<NonNullable<CompiledFilter['traits']>> {
  if (family !== undefined) yield (traits) => traits.family === family;
  if (identity !== undefined) yield (traits) => traits.interface.luid === identity.luid;
  if (protocols?.size) yield (traits) => protocols.has(traits.protocol);
  if (origins?.size) yield (traits) => traits.origin !== undefined && origins.has(traits.origin);
}

function* rowPredicatesOf({ destination, nextHop, owner = '', minMetric, maxMetric }: RouteFilter): Generator<RoutePredicate> {
  if (minMetric !== undefined) yield (route) => route.metric >= minMetric;
  if (maxMetric !== undefined) yield (route) => route.metric <= maxMetric;
  if (destination !== undefined) yield destinationPredicate(destination);
  if (nextHop !== undefined) yield nextHopPredicate(nextHop);
  if (owner !== '') yield (route, ownerOf) => ownerOf(route) === owner;
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
