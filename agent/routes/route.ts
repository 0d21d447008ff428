import { type Address, formatAddress, isUnspecified } from '../../proto/address.js';
import { formatPrefix, type Prefix } from '../../proto/prefix.js';
import { PROTOCOL_NETMGMT } from './protocol.js';

/** An interface by both of its names: the LUID is stable, the index is not. */
export interface InterfaceIdentity {
  readonly luid: bigint;
  readonly index: number;
}

/** What makes a row unique: interface, prefix and next hop. The metric is not part of it. */
export interface RouteKey {
  readonly destinationPrefix: Prefix;
  /** Unspecified = on-link. */
  readonly nextHop: Address;
  readonly interface: InterfaceIdentity;
}

/** A row of the table as the kernel has it. */
export interface Route extends RouteKey {
  readonly interfaceAlias?: string | undefined;
  /** The route's own offset. */
  readonly metric: number;
  /** Undefined: the host could not tell; then `metric`, when read through the classic table, still contains it. */
  readonly interfaceMetric: number | undefined;
  /** NL_ROUTE_PROTOCOL. */
  readonly protocol: number;
  /** NL_ROUTE_ORIGIN; undefined when read through the classic table. */
  readonly origin: number | undefined;
  /** Undefined: infinite. */
  readonly validLifetimeSeconds: number | undefined;
  /** Undefined: infinite. */
  readonly preferredLifetimeSeconds: number | undefined;
  readonly ageSeconds: number;
  readonly sitePrefixLength: number;
  readonly loopback: boolean;
  readonly autoconfigured: boolean;
  readonly publish: boolean;
  readonly immortal: boolean;
  /** Stands in the registry as well, and comes back at boot: see RouteRegistry. IPv4 alone. */
  readonly inRegistry: boolean;
}

/** A row as it shall be. What is undefined is a default for a new row, and stays as it is for an existing one. */
export interface DesiredRoute extends RouteKey {
  /** The route's own offset. */
  readonly metric?: number | undefined;
  /** Infinity: infinite. */
  readonly validLifetimeSeconds?: number | undefined;
  /** Infinity: infinite. */
  readonly preferredLifetimeSeconds?: number | undefined;
  readonly publish?: boolean | undefined;
  /** Members that a new row is not given, but a row that is put back had. */
  readonly restored?: RestoredMembers | undefined;
}

type RestoredMembers = Pick<Route, 'protocol' | 'sitePrefixLength' | 'autoconfigured' | 'immortal'>;

/** metric + interface metric: what Windows compares. Undefined when the interface metric is. */
export function effectiveMetric({ metric, interfaceMetric }: Pick<Route, 'metric' | 'interfaceMetric'>): number | undefined {
  return interfaceMetric === undefined ? undefined : metric + interfaceMetric;
}

/** The key of a row, and nothing else of it. */
export function keyOf({ destinationPrefix, nextHop, interface: identity }: RouteKey): RouteKey {
  return { destinationPrefix, nextHop, interface: identity };
}

/** The key without its interface, to compare by. Zones are left out: the interface says the same. */
export function destinationText({ destinationPrefix, nextHop }: Pick<RouteKey, 'destinationPrefix' | 'nextHop'>): string {
  return `${formatPrefix(destinationPrefix)} ${formatAddress(nextHop.scopeId === 0 ? nextHop : { ...nextHop, scopeId: 0 })}`;
}

/** The key as one string, to compare by. */
export function keyText(key: RouteKey): string {
  const { luid, index } = key.interface;
  // Hosts that have only the classic functions know no LUIDs.
  return `${destinationText(key)} ${luid === 0n ? `index ${index}` : luid}`;
}

/** Canonical text of a next hop; a link-local one has the interface as its zone (RFC 4007). */
export function nextHopText({ nextHop, interface: { index } }: Pick<RouteKey, 'nextHop' | 'interface'>): string {
  return formatAddress(isLinkLocal(nextHop) ? { ...nextHop, scopeId: index } : nextHop);
}

/** "10.0.0.0/8 via 192.0.2.1 on interface 12", for messages. */
export function describeRoute(key: RouteKey): string {
  const via = isUnspecified(key.nextHop) ? 'on-link' : `via ${nextHopText(key)}`;
  return `${formatPrefix(key.destinationPrefix)} ${via} on interface ${key.interface.index}`;
}

/** fe80::/10, RFC 4291 section 2.5.6. */
function isLinkLocal({ family, bytes }: Address): boolean {
  return family === 6 && bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}

/** Whether the row has everything that is asked for; keys are not compared. */
export function matchesDesired(route: Route, desired: Omit<DesiredRoute, keyof RouteKey>): boolean {
  return (
    (desired.metric === undefined || desired.metric === route.metric) &&
    (desired.publish === undefined || desired.publish === route.publish) &&
    matchesLifetime(route.validLifetimeSeconds, desired.validLifetimeSeconds) &&
    matchesLifetime(route.preferredLifetimeSeconds, desired.preferredLifetimeSeconds)
  );
}

/** Lifetimes run down between write and read-back: up to a minute less is the same lifetime. */
function matchesLifetime(actual = Number.POSITIVE_INFINITY, desired: number | undefined): boolean {
  if (desired === undefined || actual === desired) return true;
  return actual < desired && actual > desired - 60;
}

/** What makes the one row of the other: only members that differ, so that nothing else is written. */
export function changeInto(target: Route, current: Route): DesiredRoute {
  const { destinationPrefix, nextHop } = target;
  const valid = target.validLifetimeSeconds ?? Number.POSITIVE_INFINITY;
  const preferred = target.preferredLifetimeSeconds ?? Number.POSITIVE_INFINITY;
  const sameLifetimes =
    matchesLifetime(current.validLifetimeSeconds, valid) && matchesLifetime(current.preferredLifetimeSeconds, preferred);
  return {
    destinationPrefix,
    nextHop,
    interface: current.interface,
    ...(target.metric === current.metric ? {} : { metric: target.metric }),
    ...(target.publish === current.publish ? {} : { publish: target.publish }),
    ...(sameLifetimes ? {} : { validLifetimeSeconds: valid, preferredLifetimeSeconds: preferred }),
  };
}

/** A row that is not there, as it was or shall be. */
export function wholeRow(route: Route): DesiredRoute {
  const { destinationPrefix, nextHop, metric, validLifetimeSeconds, preferredLifetimeSeconds, publish } = route;
  const { protocol, sitePrefixLength, autoconfigured, immortal } = route;
  const plain =
    protocol === PROTOCOL_NETMGMT && sitePrefixLength === 0 && !autoconfigured && immortal === (validLifetimeSeconds === undefined);
  return {
    destinationPrefix,
    nextHop,
    interface: route.interface,
    metric,
    validLifetimeSeconds,
    preferredLifetimeSeconds,
    publish: publish || undefined,
    restored: plain ? undefined : { protocol, sitePrefixLength, autoconfigured, immortal },
  };
}

/**
 * Whether two rows of one key are the same as far as a write decides it. Time runs off lifetimes, so only finite and infinite are told apart;
 * the protocol is what the writing function makes it.
 */
export function sameRow(a: Route, b: Route): boolean {
  return (
    a.metric === b.metric &&
    a.publish === b.publish &&
    (a.validLifetimeSeconds === undefined) === (b.validLifetimeSeconds === undefined) &&
    (a.preferredLifetimeSeconds === undefined) === (b.preferredLifetimeSeconds === undefined)
  );
}

/** Whether rows of one key are equal in every member. */
export function equalRoutes(a: Route, b: Route): boolean {
  return (
    sameRoute(a, b) &&
    a.nextHop.scopeId === b.nextHop.scopeId &&
    a.ageSeconds === b.ageSeconds &&
    a.validLifetimeSeconds === b.validLifetimeSeconds &&
    a.preferredLifetimeSeconds === b.preferredLifetimeSeconds
  );
}

/** Whether nothing changed but what runs by itself: age and lifetimes. */
export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.metric === b.metric &&
    a.interfaceMetric === b.interfaceMetric &&
    a.interfaceAlias === b.interfaceAlias &&
    a.interface.index === b.interface.index &&
    a.protocol === b.protocol &&
    a.origin === b.origin &&
    a.sitePrefixLength === b.sitePrefixLength &&
    a.loopback === b.loopback &&
    a.autoconfigured === b.autoconfigured &&
    a.publish === b.publish &&
    a.immortal === b.immortal &&
    a.inRegistry === b.inRegistry
  );
}
