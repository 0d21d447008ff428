import { etagOf } from '../../../proto/etag.js';
import {
  RouteOrigin,
  type RouteProtocol,
  type InterfaceSelector as WireInterfaceSelector,
  type Route as WireRoute,
  type RouteKey as WireRouteKey,
  type RouteSpec as WireRouteSpec,
} from '../../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import { formatPrefix, type Prefix, parsePrefix } from '../../../proto/prefix.js';
import type { OwnedRequest } from '../../commits/change.js';
import type { Receipt } from '../../commits/commit.js';
import type { InterfaceSelector } from '../../routes/network-interface.js';
import type { RouteReference } from '../../routes/resolve.js';
import { type DesiredRoute, effectiveMetric, nextHopText, type Route } from '../../routes/route.js';
import { decodeOptionalAddress, inField, missingField } from './address.js';
import { decodeSeconds, encodeSeconds } from './duration.js';

/** A row as it goes out, with whose it is. */
export function encodeRoute(route: Route, receipt?: Pick<Receipt, 'owner' | 'persistent'>): WireRoute {
  return {
    destinationPrefix: formatPrefix(route.destinationPrefix),
    nextHop: nextHopText(route),
    interfaceIndex: route.interface.index,
    interfaceLuid: route.interface.luid,
    interfaceAlias: route.interfaceAlias ?? '',
    metric: route.metric,
    interfaceMetric: route.interfaceMetric,
    effectiveMetric: effectiveMetric(route),
    // The contract has Windows' own numbers.
    protocol: route.protocol as RouteProtocol,
    origin: encodeOrigin(route.origin),
    validLifetime: encodeSeconds(route.validLifetimeSeconds),
    preferredLifetime: encodeSeconds(route.preferredLifetimeSeconds),
    age: encodeSeconds(route.ageSeconds),
    sitePrefixLength: route.sitePrefixLength,
    loopback: route.loopback,
    autoconfigured: route.autoconfigured,
    publish: route.publish,
    immortal: route.immortal,
    owner: receipt?.owner ?? '',
    persistent: receipt?.persistent ?? false,
    etag: etagOf(route),
    inRegistry: route.inRegistry,
  };
}

/** NL_ROUTE_ORIGIN is one less: zero means "not said" on the wire. */
export function encodeOrigin(origin: number | undefined): RouteOrigin {
  return origin === undefined ? RouteOrigin.UNSPECIFIED : ((origin + 1) as RouteOrigin);
}

/** A row as it shall be, as it goes out; its interface is named by LUID. */
export function encodeSpec(route: DesiredRoute, persistent: boolean): WireRouteSpec {
  return {
    destinationPrefix: formatPrefix(route.destinationPrefix),
    nextHop: nextHopText(route),
    interface: { selector: { $case: 'luid', value: route.interface.luid } },
    metric: route.metric,
    validLifetime: encodeSeconds(route.validLifetimeSeconds),
    preferredLifetime: encodeSeconds(route.preferredLifetimeSeconds),
    publish: route.publish,
    persistent,
  };
}

/** The key of a row, as named by a caller. */
export function decodeRouteKey(field: string, key: WireRouteKey | undefined): RouteReference {
  if (key === undefined) return missingField(field, 'the key of a route');
  return decodeReference(field, key);
}

/** A row as a caller wants it. */
export function decodeRouteSpec(field: string, spec: WireRouteSpec | undefined): OwnedRequest {
  if (spec === undefined) return missingField(field, 'a route');
  const validLifetimeSeconds = decodeSeconds(`${field}.valid_lifetime`, spec.validLifetime);
  const preferredLifetimeSeconds = decodeSeconds(`${field}.preferred_lifetime`, spec.preferredLifetime);
  if (validLifetimeSeconds !== undefined && (preferredLifetimeSeconds ?? 0) > validLifetimeSeconds) {
    throw new InvalidValueError(
      'INVALID_LIFETIME',
      `${field}.preferred_lifetime: ${preferredLifetimeSeconds} s is above the valid lifetime of ${validLifetimeSeconds} s`,
      'send a preferred lifetime that is not above the valid one',
    );
  }
  const { metric, publish, persistent } = spec;
  if (persistent && (validLifetimeSeconds ?? preferredLifetimeSeconds) !== undefined) {
    throw new InvalidValueError(
      'INVALID_LIFETIME',
      `${field}: a persistent route has no lifetime`,
      'leave out either the lifetimes or persistent',
    );
  }
  const { destinationPrefix, nextHop, interface: selector } = decodeReference(field, spec);
  return { destinationPrefix, nextHop, interface: selector, metric, validLifetimeSeconds, preferredLifetimeSeconds, publish, persistent };
}

function decodeReference(field: string, reference: Pick<WireRouteKey, 'destinationPrefix' | 'nextHop' | 'interface'>): RouteReference {
  return {
    destinationPrefix: decodePrefix(`${field}.destination_prefix`, reference.destinationPrefix),
    nextHop: decodeOptionalAddress(`${field}.next_hop`, reference.nextHop),
    interface: decodeSelector(reference.interface),
  };
}

/** A prefix field that must be there. */
export function decodePrefix(field: string, text: string): Prefix {
  if (text === '') return missingField(field, 'a prefix, such as "10.0.0.0/8"');
  return inField(field, () => parsePrefix(text));
}

/** An interface as named by a caller; undefined when the caller leaves it to the agent. */
export function decodeSelector(message: WireInterfaceSelector | undefined): InterfaceSelector | undefined {
  const selector = message?.selector;
  switch (selector?.$case) {
    case undefined:
      return undefined;
    case 'index':
      return { by: 'index', index: selector.value };
    case 'luid':
      return { by: 'luid', luid: selector.value };
    case 'guid':
      return { by: 'guid', guid: selector.value };
    case 'alias':
      return { by: 'alias', alias: selector.value };
  }
}
