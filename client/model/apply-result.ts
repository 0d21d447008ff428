import type { RouteFailure } from '../errors/route-error.js';
import type { Commit, ProbeResult } from './commit.js';
import type { PlanSummary } from './plan.js';

/** How far an apply is. */
export interface ApplyProgress {
  /** Steps done. */
  readonly done: number;
  /** Steps in all. */
  readonly total: number;
}

/** What became of one operation or desired route. Of a change that was undone, the others fail with ROLLED_BACK or NOT_ATTEMPTED. */
export type OperationResult = { readonly ok: true } | { readonly ok: false; readonly failure: RouteFailure };

/** What became of a change. */
export interface ApplyResult {
  /** All of it was done, or was so already: no operation failed, and nothing was undone. It may still have to be confirmed. */
  readonly ok: boolean;
  /** What was planned before the first write. Undefined: the request id was known, and this is what became of it then. */
  readonly planned?: PlanSummary | undefined;
  /** One per operation or desired route, in the caller's order. */
  readonly results: readonly OperationResult[];
  /** With `validateOnly`: what the probes find as the host is now. Empty otherwise; the commit has them. */
  readonly probes: readonly ProbeResult[];
  /** With its steps. Undefined: everything was as asked, and nothing was written. */
  readonly commit?: Commit | undefined;
}
