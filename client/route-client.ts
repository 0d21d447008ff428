import type { AgentInfo } from './model/agent-info.js';
import type { ApplyResult } from './model/apply-result.js';
import type {
  ApplyOptions,
  CallOptions,
  CancelCommitOptions,
  ChangeOptions,
  ConfirmCommitOptions,
  CreateRouteOptions,
  DeleteRouteOptions,
  ExtendCommitOptions,
  SetRouteOptions,
  WriteCallOptions,
} from './model/call-options.js';
import type { Change } from './model/change.js';
import type { Commit, CommitKey, CommitQuery } from './model/commit.js';
import type { NetworkInterface } from './model/network-interface.js';
import type { Plan } from './model/plan.js';
import type {
  BestRoute,
  BestRouteQuery,
  CreateRouteResult,
  DefaultGateway,
  DeleteRouteResult,
  SetDefaultGatewayResult,
  SetRouteResult,
} from './model/results.js';
import type { Route } from './model/route.js';
import type { RouteFilter } from './model/route-filter.js';
import type { RouteKey, RouteSpec } from './model/route-spec.js';
import type { MirrorOptions, WatchOptions } from './model/watch.js';
import type { RouteListing } from './route-listing.js';
import type { RouteMirror } from './route-mirror.js';
import type { RouteWatch } from './route-watch.js';

/** Changes of many rows. */
export interface ChangeClient {
  /**
   * What `applyRoutes` would do with the same change and options. Writes nothing. Default time: 60 s.
   *
   * An operation that cannot be done fails the call, and `metadata.operation_index` of the error names it; with "continueOnError" it is a step
   * with `failure`.
   */
  planRoutes(change: Change, options?: ChangeOptions): Promise<Plan>;

  /**
   * Carries a change out: planned, guarded, journaled, written, read back. Default time: 60 s.
   *
   * What is refused before the first write fails the call: RISK_NOT_ACCEPTED (`metadata.risk`), STALE_PLAN, COMMIT_PENDING
   * (`metadata.commit_id`, `metadata.remaining_seconds`), JOURNAL_UNAVAILABLE and others. A change that failed while it was written and was
   * undone does not: then `ok` of the result is false, `commit.failure` says why, and `results` what became of each operation.
   */
  applyRoutes(change: Change, options?: ApplyOptions): Promise<ApplyResult>;
}

/** The life of commits. Every write is one. */
export interface CommitClient {
  /**
   * Lets a pending commit stand. Fails with INVALID_ARGUMENT / COMMIT_ID_MISMATCH where another one is pending, FAILED_PRECONDITION /
   * COMMIT_NOT_PENDING where none is, and FAILED_PRECONDITION / FRESH_CONNECTION_REQUIRED without the fresh connection that the commit asks for.
   */
  confirmCommit(commitId: string, options?: ConfirmCommitOptions): Promise<Commit>;

  /** Undoes a pending commit now, or tries again to undo one whose rollback failed. Fails like `confirmCommit`. */
  cancelCommit(commitId: string, options?: CancelCommitOptions): Promise<Commit>;

  /** Restarts the timer of a pending commit. Fails like `confirmCommit`. */
  extendCommit(commitId: string, options: ExtendCommitOptions): Promise<Commit>;

  /** One commit with its steps. Fails with NOT_FOUND / COMMIT_NOT_FOUND. */
  getCommit(key: CommitKey, options?: CallOptions): Promise<Commit>;

  /** The history, newest first, without steps; fetched page by page as it is iterated. The time is for each page. */
  listCommits(query?: CommitQuery, options?: CallOptions): AsyncIterable<Commit>;
}

/** The table as it changes, over a connection of its own. */
export interface WatchClient {
  /**
   * A snapshot of the table, or where it was with `since`, and every change after it. Connects and resumes by itself after 250 ms to 15 s, each
   * time with a "disconnected" before; without bounds in time.
   *
   * Fails with CANCELLED when `signal` is aborted or the client closed, with what asking again would not change (INVALID_ARGUMENT,
   * PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED, MALFORMED_ANSWER) and, until a watch was established once, with everything but an agent that
   * cannot be reached: with certificates that are not accepted (TLS_REFUSED), for one, or with NOT_FOUND / INTERFACE_NOT_FOUND for the filter.
   */
  watchRoutes(options?: WatchOptions): RouteWatch;

  /**
   * A copy of the table that is kept up to date, built on `watchRoutes`: where that fails, the mirror is closed. Begins at once, and tells nothing
   * before the code that called it has run to its next `await`.
   *
   * @throws RouteError INVALID_ARGUMENT for options that cannot be
   */
  mirror(options?: MirrorOptions): RouteMirror;
}

/**
 * The routes of one Windows host. Every failure is a `RouteError`; a value that no host could take fails before anything is sent. Reads are
 * repeated when the agent is unreachable, writes never are.
 */
export interface RouteClient extends ChangeClient, CommitClient, WatchClient {
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

  /**
   * Makes one next hop the default gateway: creates the route, sees that it is the best, and only then deletes the other default routes of its
   * family. On any failure all is as before.
   */
  setDefaultGateway(gateway: DefaultGateway, options?: WriteCallOptions): Promise<SetDefaultGatewayResult>;

  /** Cancels open calls and closes the connection. Can be called again. */
  close(): void;

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
