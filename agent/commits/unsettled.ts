import { RouteTableError } from '../routes/errors.js';
import type { CommitRecord } from './commit.js';

/** Longest wait for a confirmation: 24 hours. */
export const maxConfirmWithinMs: number = 24 * 60 * 60 * 1000;

/** Waits between two attempts to undo what could not be undone, in ms; the last repeats. */
const retryDelaysMs = [1000, 2000, 5000, 15_000, 60_000] as const;

/** Time from a failed attempt to undo a commit, counted from 1, to the next. */
export function retryDelayMs(attempt: number): number {
  return retryDelaysMs[Math.min(attempt, retryDelaysMs.length) - 1] ?? 0;
}

/** A commit that neither stands nor is undone: while there is one, every other write is refused. */
export interface Unsettled {
  readonly record: CommitRecord;
  /** By the monotonic clock, in ms; undefined: there is nothing to confirm, it is being undone. */
  readonly deadline: number | undefined;
  /** When its last row was written, by the monotonic clock; a fresh connection is a later one. */
  readonly appliedAt: number;
}

/** Time left to confirm, in ms. */
export function remainingMs({ deadline }: Unsettled, now: number): number | undefined {
  return deadline === undefined ? undefined : Math.max(0, deadline - now);
}

/** Why other writes must wait. */
export function refuseBecauseOf(unsettled: Unsettled, now: number): RouteTableError {
  const { id, state } = unsettled.record;
  const remaining = remainingMs(unsettled, now);
  if (remaining === undefined) {
    return new RouteTableError('COMMIT_PENDING', `commit "${id}" could not be undone yet, and no other write is taken before (${state})`, {
      remedy: 'see what fails in GetCommit; CancelCommit tries again at once, and with abandon gives it up',
      facts: { commit_id: id },
    });
  }
  const seconds = String(Math.ceil(remaining / 1000));
  return new RouteTableError('COMMIT_PENDING', `commit "${id}" waits for its confirmation for another ${seconds} s`, {
    remedy: 'confirm or cancel that commit first, or wait until it is undone',
    facts: { commit_id: id, remaining_seconds: seconds },
  });
}

/** The unsettled commit, if it is the one that is named. @throws RouteTableError COMMIT_NOT_PENDING or COMMIT_ID_MISMATCH */
export function requireUnsettled(unsettled: Unsettled | undefined, id: string, known: CommitRecord | undefined): Unsettled {
  if (unsettled?.record.id === id) return unsettled;
  if (unsettled !== undefined) {
    throw new RouteTableError('COMMIT_ID_MISMATCH', `"${id}" is not the pending commit, which is "${unsettled.record.id}"`, {
      remedy: `name "${unsettled.record.id}", if that is the one that you mean`,
      facts: { commit_id: unsettled.record.id },
    });
  }
  throw notPending(known === undefined ? 'no commit is pending' : `commit "${id}" is not pending: it is ${known.state}`);
}

/** There is nothing to confirm. */
export function notPending(message: string): RouteTableError {
  return new RouteTableError('COMMIT_NOT_PENDING', message, { remedy: 'see GetCommit for what became of it' });
}

/** @throws RouteTableError FRESH_CONNECTION_REQUIRED when the confirmation came over a connection that was open before the apply */
export function requireFreshConnection({ record, appliedAt }: Unsettled, connectedAt: number | undefined): void {
  if (!record.requireFreshConnection || (connectedAt !== undefined && connectedAt > appliedAt)) return;
  throw new RouteTableError(
    'FRESH_CONNECTION_REQUIRED',
    `commit "${record.id}" cannot be confirmed over a connection that is older than it`,
    {
      remedy: 'open a new connection to the agent and confirm over that: it shows that the host can still be reached',
    },
  );
}
