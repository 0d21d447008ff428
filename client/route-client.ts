import type { AgentInfo } from './model/agent-info.js';
import type { CallOptions, CreateRouteOptions, DeleteRouteOptions, SetRouteOptions } from './model/call-options.js';
import type { NetworkInterface } from './model/network-interface.js';
import type { BestRoute, BestRouteQuery, CreateRouteResult, DeleteRouteResult, SetRouteResult } from './model/results.js';
import type { Route } from './model/route.js';
import type { RouteFilter } from './model/route-filter.js';
import type { RouteKey, RouteSpec } from './model/route-spec.js';
import type { RouteListing } from './route-listing.js';

/**
 * The routes of one Windows host. Every failure is a `RouteError`; a value that no host could take fails before anything is sent. Reads are
 * repeated when the agent is unreachable, writes never are.
 */
export interface RouteClient {
  /** "10.0.0.2:7420" */
  readonly address: string;

  /** Who the host is and what its agent can do. */
  getAgent(options?: CallOptions): Promise<AgentInfo>;

  /** The interfaces that have IP bound, by index. */
  listInterfaces(options?: CallOptions): Promise<readonly NetworkInterface[]>;

  /** One consistent snapshot of the table, filtered by the agent. Default time: 60 s. */
  listRoutes(filter?: RouteFilter, options?: CallOptions): RouteListing;

  /** One row. Fails with NOT_FOUND / ROUTE_NOT_FOUND. */
  getRoute(key: RouteKey, options?: CallOptions): Promise<Route>;

  /**
   * The row by which the host would reach an address, and the source address that it would use. Fails with NOT_FOUND / BEST_ROUTE_NOT_FOUND.
   *
   * @see https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-getbestroute2
   */
  getBestRoute(query: BestRouteQuery, options?: CallOptions): Promise<BestRoute>;

  /**
   * Creates one row. Fails with ALREADY_EXISTS / ROUTE_EXISTS where there is one with its key, whatever its metric.
   *
   * @see https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createipforwardentry
   */
  createRoute(spec: RouteSpec, options?: CreateRouteOptions): Promise<CreateRouteResult>;

  /**
   * Changes one existing row and never creates one. What `spec` leaves out stays as it is. Fails with NOT_FOUND / ROUTE_NOT_FOUND.
   *
   * @see https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setipforwardentry
   */
  setRoute(spec: RouteSpec, options?: SetRouteOptions): Promise<SetRouteResult>;

  /**
   * Deletes one row. Fails with NOT_FOUND / ROUTE_NOT_FOUND unless `allowMissing`.
   *
   * @see https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deleteipforwardentry
   */
  deleteRoute(key: RouteKey, options?: DeleteRouteOptions): Promise<DeleteRouteResult>;

  /** Cancels open calls and closes the connection. Can be called again. */
  close(): void;

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
