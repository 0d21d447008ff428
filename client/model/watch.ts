import type { RouteError } from '../errors/route-error.js';
import type { CallOptions } from './call-options.js';
import type { Route, UnknownName } from './route.js';
import type { RouteFilter } from './route-filter.js';

/** What happened to a row, as the filter of the watch sees it: a row that leaves the filter is removed. */
export type ChangeKind = 'added' | 'changed' | 'removed';

/** One change of one row. Age and lifetimes run by themselves and are no change. */
export interface RouteChange {
  readonly kind: ChangeKind;
  /** Revision of the table after it; grows from each change to the next within one run of the agent. */
  readonly revision: bigint;
  /** The row now. Undefined: removed. */
  readonly route?: Route | undefined;
  /** The row before. Undefined: added. */
  readonly previous?: Route | undefined;
  /** Commit of the agent that did it. Undefined: something else on the host did. */
  readonly commitId?: string | undefined;
  /** When the agent noticed it, by the clock of the host. */
  readonly observeTime: Date;
}

/** Why changes are not known one by one, and the table is sent anew: the agent was restarted, its history was too short, or the watcher too slow. */
export type ResyncReason = 'otherBoot' | 'historyExceeded' | 'overflow' | UnknownName;

/** A place in the history of a table, to go on from. */
export interface ResumePoint {
  /** Run of the agent. */
  readonly bootId: string;
  /** Last revision that is known. */
  readonly revision: bigint;
}

/**
 * One event of a watch. After "established" comes "resumed" or a snapshot, then changes and heartbeats. A view that is built of the rows is
 * consistent from "snapshotEnd" on; "resync" says that what was known until then is to be replaced by the snapshot that follows.
 */
export type WatchEvent =
  | {
      readonly type: 'established';
      /** Run of the agent. */
      readonly bootId: string;
      readonly revision: bigint;
      /** How the agent learns of changes. */
      readonly source: 'notifications' | 'polling';
      /** Time between two looks at the table, in milliseconds. Undefined: with notifications. */
      readonly pollIntervalMs?: number | undefined;
    }
  /** Nothing was missed: the changes since the last one follow. */
  | { readonly type: 'resumed'; readonly revision: bigint }
  | { readonly type: 'resync'; readonly reason: ResyncReason }
  | { readonly type: 'snapshot'; readonly routes: readonly Route[] }
  | { readonly type: 'snapshotEnd'; readonly revision: bigint; readonly routeCount: number }
  | { readonly type: 'changes'; readonly changes: readonly RouteChange[] }
  /** Everything up to this revision was sent. */
  | { readonly type: 'heartbeat'; readonly revision: bigint }
  /** The connection is lost or could not be had; the watch tries again after `retryInMs`. */
  | { readonly type: 'disconnected'; readonly error: RouteError; readonly retryInMs: number };

/** How a table is watched. */
export interface WatchOptions extends Pick<CallOptions, 'signal'> {
  /** Rows to watch; the agent does the filtering. Default: all. */
  readonly filter?: RouteFilter | undefined;
  /** Go on from here: the `resumePoint` of an earlier watch with the same filter. Default: begin with a snapshot. */
  readonly since?: ResumePoint | undefined;
  /** The agent gives a sign of life when nothing else came for this time, 100 to 3,600,000 ms. Default 10,000. */
  readonly heartbeatIntervalMs?: number | undefined;
}

/** How a table is mirrored: from a snapshot on. */
export type MirrorOptions = Omit<WatchOptions, 'since'>;
