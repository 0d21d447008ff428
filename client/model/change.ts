import type { AddressFamily } from './route.js';
import type { RouteKey, RouteSpec } from './route-spec.js';

/** A danger that a caller takes on knowingly; each is refused with RISK_NOT_ACCEPTED unless it is named. */
export type Risk =
  /** The best route to a connected controller changes or is lost. */
  | 'management-path'
  /** A default route is removed. */
  | 'default-route'
  /** Rows of another owner are changed. */
  | 'other-owner';

/** What a probe looks at, in exactly one way. */
export type ProbeTarget =
  /** A TCP connection to "host:port" opens. */
  | { readonly tcpConnect: string }
  /** The next hop of the default route of this family answers. */
  | { readonly defaultGatewayReachable: AddressFamily }
  /** The host's best route to `destination` has this next hop; "0.0.0.0" or "::" for on-link. */
  | { readonly bestRoute: { readonly destination: string; readonly nextHop: string } }
  /** The peer of the call can still be reached. */
  | { readonly managementPeer: true };

/** A check of the host after a change. One that passed before the change and fails after it undoes the change. */
export type Probe = ProbeTarget & {
  /** How long it may take, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
};

/** What is done to one row. */
export type RouteOperation =
  /** Fails with ALREADY_EXISTS / ROUTE_EXISTS where there is a row with this key. */
  | { readonly create: RouteSpec }
  /** Fails with NOT_FOUND / ROUTE_NOT_FOUND where there is none. */
  | { readonly set: RouteSpec }
  /** Creates the row or changes it. */
  | { readonly put: RouteSpec }
  /** Fails with NOT_FOUND / ROUTE_NOT_FOUND where there is none. */
  | {
      readonly delete: RouteKey;
      /** See {@link DeleteRouteOptions.alsoRegistry}. */
      readonly alsoRegistry?: boolean | undefined;
    }
  /** Nobody owns the row any more; it stays as it is. Fails with NOT_FOUND / ROUTE_NOT_FOUND where there is none. */
  | { readonly disown: RouteKey };

/** What an agent does when another program changes a persistent row of an owner. */
export type DriftPolicy =
  /** Put the row back, within a budget. */
  | 'enforce'
  /** Only tell of it, in `AgentInfo.drift`. */
  | 'report';

/** What shall become of a table: single operations, or the whole set of rows of one owner. */
export type Change =
  | { readonly operations: readonly RouteOperation[] }
  /** Every row that `owner` of the options shall have: what it owns and is not listed is deleted. */
  | { readonly desiredRoutes: readonly RouteSpec[] };
