import { type Address, type Family, formatAddress, isUnspecified, parseAddress, unspecifiedAddress } from '../../proto/address.js';
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

/** What resolving asks of the host, with every answer at hand. */
export interface RouteLookup extends Pick<RouteTable, 'bestRoute'> {
  /** @throws RouteTableError INTERFACE_NOT_FOUND and the like */
  interfaceOf(selector: InterfaceSelector): InterfaceIdentity;
  /** Rows of one prefix and next hop (destinationText), on whatever interface. */
  rowsTo(destination: string): readonly Route[];
}

/** Asks the table itself, for one row. */
export async function lookUpIn(table: RouteTable, reference: RouteReference): Promise<RouteLookup> {
  const interfaceOf = await findInterfaces(table, interfacesNamedBy(reference));
  const routes = interfacesNamedBy(reference).length > 0 ? [] : await (await table.list()).routes();
  return {
    bestRoute: (query) => table.bestRoute(query),
    interfaceOf,
    rowsTo: (destination) => routes.filter((route) => destinationText(route) === destination),
  };
}

/** Finds every interface that is named, each once; asking for one that is not there throws what the host says about it. */
export async function findInterfaces(
  table: Pick<RouteTable, 'findInterface'>,
  selectors: Iterable<InterfaceSelector>,
): Promise<RouteLookup['interfaceOf']> {
  const found = new Map<bigint | number | string, { readonly identity: InterfaceIdentity } | { readonly error: unknown }>();
  for (const selector of selectors) {
    const name = nameOf(selector);
    if (found.has(name)) continue;
    found.set(
      name,
      await table.findInterface(selector).then(
        (identity) => ({ identity }),
        (error: unknown) => ({ error }),
      ),
    );
  }
  return (selector) => {
    const answer = found.get(nameOf(selector));
    if (answer === undefined) throw new Error(`interface ${describeSelector(selector)} was not asked for`);
    if ('error' in answer) throw answer.error;
    return answer.identity;
  };
}

/** Differs for any two selectors, and is made without a text where it can be: a change names them by the thousand. */
function nameOf(selector: InterfaceSelector): bigint | number | string {
  switch (selector.by) {
    case 'luid':
      return selector.luid;
    case 'index':
      return selector.index;
    case 'alias':
      return selector.alias;
    case 'guid':
      // No alias begins so.
      return `\0${selector.guid}`;
  }
}

/** What the caller says of the interface: a selector, the zone of the next hop, both or nothing. */
export function interfacesNamedBy({ interface: selector, nextHop }: RouteReference): readonly InterfaceSelector[] {
  const zone: InterfaceSelector | undefined =
    nextHop === undefined || nextHop.scopeId === 0 ? undefined : { by: 'index', index: nextHop.scopeId };
  if (selector === undefined) return zone === undefined ? [] : [zone];
  return zone === undefined ? [selector] : [selector, zone];
}

/** The key of a row to create: without an interface, the one by which the host itself would reach the next hop. */
export function resolveNewKey(host: RouteLookup, request: RouteReference): RouteKey {
  const nextHop = checkedNextHop(request);
  const { destinationPrefix } = request;
  return {
    destinationPrefix,
    nextHop,
    interface: namedInterface(host, request, nextHop) ?? interfaceTowards(host, destinationPrefix, nextHop),
  };
}

/** The key of an existing row: without an interface, that of the only row with this prefix and next hop. */
export function resolveExistingKey(host: RouteLookup, reference: RouteReference): RouteKey {
  const nextHop = checkedNextHop(reference);
  const { destinationPrefix } = reference;
  const named = namedInterface(host, reference, nextHop);
  if (named !== undefined) return { destinationPrefix, nextHop, interface: named };
  const candidates = host.rowsTo(destinationText({ destinationPrefix, nextHop }));
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

const onLink: Readonly<Record<Family, Address>> = { 4: parseAddress(unspecifiedAddress[4]), 6: parseAddress(unspecifiedAddress[6]) };

function checkedNextHop({ destinationPrefix, nextHop }: RouteReference): Address {
  const { family } = destinationPrefix;
  if (nextHop === undefined) return onLink[family];
  if (nextHop.family === family) return nextHop;
  throw new InvalidValueError(
    'FAMILY_MISMATCH',
    `the next hop ${formatAddress(nextHop)} is IPv${nextHop.family}, but the prefix ${formatPrefix(destinationPrefix)} is IPv${family}`,
    `write an IPv${family} next hop, or leave it out for an on-link route`,
  );
}

function namedInterface(host: RouteLookup, { interface: selector }: RouteReference, nextHop: Address): InterfaceIdentity | undefined {
  const { scopeId } = nextHop;
  if (selector === undefined) return scopeId === 0 ? undefined : host.interfaceOf({ by: 'index', index: scopeId });
  const named = host.interfaceOf(selector);
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
