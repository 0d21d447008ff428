import type { RouteFailure } from '../errors/route-error.js';
import type { StepKind } from './plan.js';
import type { Route, UnknownName } from './route.js';

/** Where a commit stands. */
export type CommitState =
  /** Being written. */
  | 'applying'
  /** Written; undone at the deadline unless confirmed. */
  | 'pendingConfirmation'
  /** Stands: confirmed, or without a condition. */
  | 'committed'
  /** Being undone. */
  | 'rollingBack'
  /** Undone. */
  | 'rolledBack'
  /** Undoing failed; it is retried, and every other write is refused. */
  | 'rollbackFailed'
  | UnknownName;

/** One row of a commit. */
export interface CommitStep {
  /** What was asked. */
  readonly kind: StepKind;
  /** The row before. Undefined for a row that was created. */
  readonly before?: Route | undefined;
  /** The row as read back. Undefined for a row that was deleted, and on failure. */
  readonly after?: Route | undefined;
  /** Windows function that did it. Undefined: none was called. */
  readonly function?: string | undefined;
  /** Undefined: it was done. */
  readonly failure?: RouteFailure | undefined;
  /** Position of the operation or desired route in the change, from 0. Undefined: it went since nobody desired it. */
  readonly operationIndex?: number | undefined;
  /** Names of the values of PersistentRoutes that go from the registry with the row. Undefined: none. */
  readonly registryValues?: readonly string[] | undefined;
}

/** What a probe found. */
export interface ProbeResult {
  /** "TCP connection to 192.0.2.1:443" */
  readonly probe: string;
  /** It passed before the change; only then it counts. */
  readonly passedBefore: boolean;
  /** It passed after the change. Undefined: not tried. */
  readonly passedAfter?: boolean | undefined;
  /** What was found where it did not pass. */
  readonly message?: string | undefined;
}

/** A write and what became of it. */
export interface Commit {
  readonly id: string;
  /** Undefined: the caller gave none. */
  readonly requestId?: string | undefined;
  readonly state: CommitState;
  /** Who asked, from the client certificate. Undefined: plaintext on loopback. */
  readonly actor?: string | undefined;
  readonly owner?: string | undefined;
  readonly comment?: string | undefined;
  /** When it was begun, by the host's clock. */
  readonly createTime?: Date | undefined;
  /** When it reached its last state. Undefined: not yet. */
  readonly endTime?: Date | undefined;
  /** Time left to confirm, in milliseconds. Undefined: nothing to confirm. */
  readonly confirmRemainingMs?: number | undefined;
  /** `confirmCommit` must come over a connection that was opened after the apply. */
  readonly requireFreshConnection: boolean;
  /** Revision of the table before the first write. */
  readonly revisionBefore: bigint;
  /** Revision of the table after the last write. */
  readonly revisionAfter: bigint;
  /** Only from `getCommit` and `applyRoutes`; empty elsewhere. */
  readonly steps: readonly CommitStep[];
  /** In the caller's order. */
  readonly probes: readonly ProbeResult[];
  /** Why it failed or was undone. Undefined: it stands. */
  readonly failure?: RouteFailure | undefined;
}

/** Names a commit by its id, or by the request id that its caller gave. */
export type CommitKey = string | { readonly requestId: string };

/** Which commits to list. */
export interface CommitQuery {
  /** Absent: of any owner, and of none. */
  readonly owner?: string | undefined;
  /** Commits that are fetched at a time, at most 1,000. Default 100. */
  readonly pageSize?: number | undefined;
}
