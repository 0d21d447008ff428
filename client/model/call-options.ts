import type { Atomicity } from './agent-info.js';
import type { ApplyProgress } from './apply-result.js';
import type { DriftPolicy, Probe, Risk } from './change.js';
import type { PlanSummary } from './plan.js';

/** What can be said about any call. */
export interface CallOptions {
  /** Aborting it cancels the call, which then fails with code CANCELLED and `signal.reason` as its cause. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call, in milliseconds. Default: that of the client. */
  readonly timeoutMs?: number | undefined;
}

/** What can be said about any write. */
export interface WriteCallOptions extends CallOptions {
  /** Check everything and write nothing. Default false. */
  readonly validateOnly?: boolean | undefined;
  /** Refuse with ABORTED / REVISION_MISMATCH unless the table still has this revision. Default: any. */
  readonly expectedRevision?: bigint | undefined;
  /** Makes a repeat safe: the same id with the same content returns the recorded commit. Default: no protection. */
  readonly requestId?: string | undefined;
  /** Who owns the rows that are written. Default: nobody; the agent does not keep track of them. */
  readonly owner?: string | undefined;
  /** Free text for the history, at most 256 characters. */
  readonly comment?: string | undefined;
  /** Undo the commit unless `confirmCommit` comes within this time, in milliseconds. Default: the commit stands at once. */
  readonly confirmWithinMs?: number | undefined;
  /** Id of the commit. Default: chosen by the agent. */
  readonly commitId?: string | undefined;
  /** `confirmCommit` must come over a connection that is opened after the apply, so that a lost way back cannot be confirmed. Default false. */
  readonly requireFreshConnection?: boolean | undefined;
  /** Dangers that are taken on; any other is refused with FAILED_PRECONDITION / RISK_NOT_ACCEPTED. Default: none. */
  readonly acceptedRisks?: readonly Risk[] | undefined;
  /** Checks after the change. One that passed before and fails then undoes the commit (PROBE_FAILED). Default: none. */
  readonly probes?: readonly Probe[] | undefined;
}

/** How a row is created. */
export interface CreateRouteOptions extends WriteCallOptions {
  /** A row with this key that is already as asked is a success; one that differs still fails with ALREADY_EXISTS. Default false. */
  readonly allowExisting?: boolean | undefined;
}

/** How a row is changed. */
export interface SetRouteOptions extends WriteCallOptions {
  /** Refuse with ABORTED / ETAG_MISMATCH unless the row still has this etag. Default: any. */
  readonly etag?: string | undefined;
}

/** How a row is deleted. */
export interface DeleteRouteOptions extends SetRouteOptions {
  /** No such row is a success. Default false. */
  readonly allowMissing?: boolean | undefined;
  /**
   * Out of the registry as well (see `Route.inRegistry`), from where it may be the only thing left; put back there if the commit is undone. Fails with
   * FAILED_PRECONDITION / NOT_SUPPORTED on hosts without a registry, and with INVALID_ARGUMENT for IPv6. Agents that do not know it leave the registry as
   * it is: `capabilities.registry` tells. Default false.
   */
  readonly alsoRegistry?: boolean | undefined;
}

/** How a change of many rows is planned and applied. Give both calls the same. */
export interface ChangeOptions extends WriteCallOptions {
  /** What a failed operation means for the others. Default "allOrNothing": the agent undoes what was done, step by step. */
  readonly atomicity?: Atomicity | undefined;
  /** Addresses whose best route before and after the plan shall show, next to those of the connected controllers. */
  readonly destinations?: readonly string[] | undefined;
  /** What becomes of rows of `owner` that other programs change. Default: as before; "enforce" for a new owner. */
  readonly driftPolicy?: DriftPolicy | undefined;
}

/** How a change is applied. */
export interface ApplyOptions extends ChangeOptions {
  /** Of a plan: refuse with ABORTED / STALE_PLAN if table or change are no longer those of the plan. Default: not checked. */
  readonly planToken?: string | undefined;
  /** Told what will be done, before the first write. */
  readonly onPlanned?: ((planned: PlanSummary) => void) | undefined;
  /** Told how far it is. */
  readonly onProgress?: ((progress: ApplyProgress) => void) | undefined;
}

/** How a commit is confirmed. */
export interface ConfirmCommitOptions extends CallOptions {
  /** Open a new connection for it, and close that again. Default true: it proves that the host can still be reached. */
  readonly freshConnection?: boolean | undefined;
}

/** How a commit is undone. */
export interface CancelCommitOptions extends CallOptions {
  /** Of a commit in state "rollbackFailed": give up what still cannot be undone, so that other writes are taken again. Default false. */
  readonly abandon?: boolean | undefined;
}

/** How much more time a pending commit gets. */
export interface ExtendCommitOptions extends CallOptions {
  /** New time to confirm, from now, in milliseconds. */
  readonly confirmWithinMs: number;
}
