import type { CommitRecord } from './commit.js';
import type { Failure } from './failure.js';
import type { RefusedOperation } from './plan-steps.js';

/** One outcome per operation, in the caller's order; undefined is success. */
export function operationResults(
  count: number,
  refused: readonly RefusedOperation[],
  commit: CommitRecord | undefined,
): (Failure | undefined)[] {
  const results: (Failure | undefined)[] = Array.from({ length: count });
  for (const { operationIndex, outcome, kind } of commit?.steps ?? []) {
    if (operationIndex === undefined) continue;
    results[operationIndex] = outcome.failure ?? (kind === 'unchanged' ? undefined : failureOfAll(commit));
  }
  return withRefused(results, refused);
}

/** The outcome of every operation when one of them keeps all from being tried. */
export function refusedResults(count: number, refused: readonly RefusedOperation[]): (Failure | undefined)[] {
  const results: (Failure | undefined)[] = Array.from({ length: count }, () => ({
    reason: 'NOT_ATTEMPTED',
    message: 'not attempted: another operation of the change cannot be done',
    remedy: 'correct the operation that was refused, and send the change again',
  }));
  return withRefused(results, refused);
}

function withRefused(results: (Failure | undefined)[], refused: readonly RefusedOperation[]): (Failure | undefined)[] {
  for (const { operationIndex, failure } of refused) if (operationIndex !== undefined) results[operationIndex] = failure;
  return results;
}

/** What the commit says of a step that was done; undefined: it stands. */
function failureOfAll(commit: CommitRecord | undefined): Failure | undefined {
  if (commit?.failure === undefined || commit.state !== 'rolled-back') return commit?.failure;
  const { id, failure } = commit;
  return { reason: 'ROLLED_BACK', message: `done, and undone with commit "${id}": ${failure.message}`, remedy: failure.remedy };
}
