import type { RouteError } from './errors/route-error.js';
import type { Route } from './model/route.js';
import type { ResyncReason, RouteChange, WatchEvent } from './model/watch.js';

/** A change of the mirrored table. */
export interface MirrorChange extends RouteChange {
  /** Found by comparing two snapshots after a gap: what happened in between and who did it is not known, and `observeTime` is when it was found. */
  readonly missed: boolean;
}

/** What a mirror tells, by the name of the event. */
export interface MirrorEvents {
  /** The table changed; `routes` is up to date already. Not sent for the first snapshot. */
  readonly changed: readonly [changes: readonly MirrorChange[]];
  /** A watch runs: the first time, and after every "disconnected". */
  readonly established: readonly [event: Extract<WatchEvent, { type: 'established' }>];
  /** The view is complete as of this revision: after the first snapshot, after a new one, or as the watch goes on without one (`resumed`). */
  readonly synchronized: readonly [{ readonly revision: bigint; readonly resumed: boolean }];
  /** Changes were missed; the net difference comes as "changed" when the new snapshot is complete, just before "synchronized". */
  readonly resync: readonly [reason: ResyncReason];
  /** The view stands still until the watch runs again. */
  readonly disconnected: readonly [{ readonly error: RouteError; readonly retryInMs: number }];
  /** The end. Undefined: this side ended it, by `close()`, `signal` or the client; else trying again would not help. */
  readonly closed: readonly [error: RouteError | undefined];
}

/**
 * A live copy of the table of one host, which follows it over lost connections and restarts of the agent.
 */
export interface RouteMirror {
  /** The rows, by {@link routeKeyText}, always in the same map. As of the last complete state: never half of a snapshot. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Everything up to it is in `routes`. Undefined: no snapshot is complete yet. */
  readonly revision: bigint | undefined;
  /** "connecting" until the first snapshot is complete, "stale" while the connection is lost or a new snapshot comes in. */
  readonly state: 'connecting' | 'live' | 'stale' | 'closed';
  /** Resolves when the first snapshot is complete; rejects with a RouteError when that can no longer be. */
  readonly ready: Promise<void>;
  /**
   * A listener that throws does not end the mirror: what it throws is an uncaught exception of the process, as with every EventEmitter of Node.js, and
   * the listeners after it miss that event.
   */
  on<Name extends keyof MirrorEvents>(name: Name, listener: (...args: MirrorEvents[Name]) => void): this;
  off<Name extends keyof MirrorEvents>(name: Name, listener: (...args: MirrorEvents[Name]) => void): this;
  /** Ends it. Resolves when nothing of it runs any more. */
  close(): Promise<void>;
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
