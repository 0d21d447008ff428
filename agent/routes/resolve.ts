import { type Address, formatAddress, isUnspecified, parseAddress, unspecifiedAddress } from '../../proto/address.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { formatPrefix, type Prefix } from '../../proto/prefix.js';
import { RouteTableError } from './errors.js';
import { describeSelector, type InterfaceSelector } from './network-interface.js';
import { type DesiredRoute, describeRoute, destinationText, type InterfaceIdentity, keyOf, type Route, type RouteKey } from './route.js';
import type { RouteTable } from './route-table.js';

/** A key as a caller writes it. */
export interface RouteReference {
  readonly destinationPrefix: Prefix;
  /** Undefined: on-link. */
  readonly nextHop?: Address | undefined;
  /** Undefined: the agent finds it. */
  readonly interface?: InterfaceSelector | undefined;
}

/** A row as a caller writes it. */
export type RouteRequest = RouteReference & Omit<DesiredRoute, keyof RouteKey>;

/** What resolving asks of the host. */
export interface RouteLookup extends Pick<RouteTable, 'bestRoute' | 'findInterface'> {
  /** Rows of one prefix and next hop (destinationText), on whatever interface. */
  rowsTo(destination: string): Promise<readonly Route[]>;
}

/** Asks the table itself, each time anew. */
export function lookUpIn(table: RouteTable): RouteLookup {
  return {
    bestRoute: (query) => table.bestRoute(query),
    findInterface: (selector) => table.findInterface(selector),
    rowsTo: async (destination) => (await table.list()).routes.filter((route) => destinationText(route) === destination),
  };
}

/** The row to create: without an interface, the one by which the host itself would reach the next hop. */
export async function resolveNewRoute(host: RouteLookup, request: RouteRequest): Promise<DesiredRoute> {
  const nextHop = checkedNextHop(request);
  const named = await namedInterface(host, request, nextHop);
  return { ...request, nextHop, interface: named ?? interfaceTowards(host, request.destinationPrefix, nextHop) };
}

/** The key of an existing row: without an interface, that of the only row with this prefix and next hop. */
export async function resolveExistingKey(host: RouteLookup, reference: RouteReference): Promise<RouteKey> {
  const nextHop = checkedNextHop(reference);
  const { destinationPrefix } = reference;
  const named = await namedInterface(host, reference, nextHop);
  if (named !== undefined) return { destinationPrefix, nextHop, interface: named };
  const candidates = await host.rowsTo(destinationText({ destinationPrefix, nextHop }));
  return onlyOne(candidates, `${formatPrefix(destinationPrefix)} ${isUnspecified(nextHop) ? 'on-link' : `via ${formatAddress(nextHop)}`}`);
}

function onlyOne([found, ...others]: readonly Route[], subject: string): RouteKey {
  if (found === undefined) {
    throw new RouteTableError('ROUTE_NOT_FOUND', `the host has no route ${subject}`, {
      remedy: 'list the routes; a row is named by prefix, next hop and interface',
    });
  }
  if (others.length > 0) {
    throw new RouteTableError('AMBIGUOUS_INTERFACE', `several rows match: ${[found, ...others].map(describeRoute).join(', ')}`, {
      remedy: 'name the interface as well',
    });
  }
  return keyOf(found);
}

function checkedNextHop({ destinationPrefix, nextHop }: RouteReference): Address {
  const { family } = destinationPrefix;
  if (nextHop === undefined) return parseAddress(unspecifiedAddress[family]);
  if (nextHop.family === family) return nextHop;
  throw new InvalidValueError(
    'FAMILY_MISMATCH',
    `the next hop ${formatAddress(nextHop)} is IPv${nextHop.family}, but the prefix ${formatPrefix(destinationPrefix)} is IPv${family}`,
    `write an IPv${family} next hop, or leave it out for an on-link route`,
  );
}

/** What the caller says of the interface, by a selector or by the zone of the next hop. */
async function namedInterface(
  host: RouteLookup,
  { interface: selector }: RouteReference,
  nextHop: Address,
): Promise<InterfaceIdentity | undefined> {
  const { scopeId } = nextHop;
  if (selector === undefined) return scopeId === 0 ? undefined : host.findInterface({ by: 'index', index: scopeId });
  const named = await host.findInterface(selector);
  if (scopeId === 0 || scopeId === named.index) return named;
  throw new InvalidValueError(
    'INVALID_ADDRESS',
    `the zone of the next hop ${formatAddress(nextHop)} is not interface ${describeSelector(selector)}, which has index ${named.index}`,
    'leave the zone out, or name the same interface twice',
  );
}

function interfaceTowards(host: RouteLookup, destinationPrefix: Prefix, nextHop: Address): InterfaceIdentity {
  if (isUnspecified(nextHop)) {
    throw new InvalidValueError(
      'MISSING_FIELD',
      `the on-link route ${formatPrefix(destinationPrefix)} names no interface`,
      'name the interface, or give the route a next hop',
    );
  }
  return host.bestRoute({ destination: nextHop }).route.interface;
}
