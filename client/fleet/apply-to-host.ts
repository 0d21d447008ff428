import { RouteError, type RouteFailure } from '../errors/route-error.js';
import type { ApplyResult } from '../model/apply-result.js';
import type { ApplyOptions } from '../model/call-options.js';
import type { Change } from '../model/change.js';
import type { RouteClient } from '../route-client.js';
import { confirmInTime } from './confirm-in-time.js';

/** How a change is applied to a host. */
export interface ApplyToHostOptions extends ApplyOptions {
  /** Confirm at once, over a new connection. Default false. */
  readonly confirm?: boolean | undefined;
}

/** Applies a change to one host and, if asked to, lets it stand only when the host can still be reached afterwards. */
export async function applyToHost(
  client: RouteClient,
  change: Change,
  { confirm = false, ...options }: ApplyToHostOptions,
): Promise<ApplyResult> {
  const result = await client.applyRoutes(change, options);
  const { commit } = result;
  if (!confirm || commit?.state !== 'pendingConfirmation') return result;
  const confirmed = await confirmInTime(client, commit, { signal: options.signal });
  return { ...result, commit: { ...confirmed, steps: commit.steps, probes: commit.probes } };
}

/**
 * What went wrong, as the error of a host; undefined for a change that was done.
 *
 * Reason ROLLED_BACK: nothing of it is left. ROLLBACK_FAILED: some of it is. Anything else: the other operations stand.
 */
export function applyFailure({ ok, results, commit }: ApplyResult, address: string): RouteError | undefined {
  if (ok) return undefined;
  const failures = results.flatMap((result) => (result.ok ? [] : [result.failure]));
  const cause: RouteFailure = commit?.failure ??
    failures.find(isCause) ?? { code: 'UNKNOWN', reason: 'UNKNOWN', message: 'the agent does not say why' };
  const common = { remedy: cause.remedy, win32: cause.win32, metadata: cause.metadata, address, method: 'ApplyRoutes' };
  if (commit?.state === 'rolledBack') {
    return new RouteError({ ...common, code: 'ABORTED', reason: 'ROLLED_BACK', message: `undone after ${cause.reason}: ${cause.message}` });
  }
  if (commit?.state === 'rollbackFailed' || commit?.state === 'rollingBack') {
    const message = `not undone yet after ${cause.reason}: ${cause.message}`;
    const remedy = `see "routefleet commit show ${commit.id}"; the agent goes on trying`;
    return new RouteError({ ...common, remedy, code: 'ABORTED', reason: 'ROLLBACK_FAILED', message });
  }
  const count = `${failures.length} of ${results.length} operations failed`;
  return new RouteError({ ...common, code: cause.code, reason: cause.reason, message: `${count}; the first: ${cause.message}` });
}

/** An operation that failed by itself, not since another one did. */
function isCause({ reason }: RouteFailure): boolean {
  return reason !== 'ROLLED_BACK' && reason !== 'NOT_ATTEMPTED';
}
