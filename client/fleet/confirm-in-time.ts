import { setTimeout as sleep } from 'node:timers/promises';
import { RouteError, type RouteErrorReason } from '../errors/route-error.js';
import type { Commit } from '../model/commit.js';
import type { RouteClient } from '../route-client.js';

/** How a commit is confirmed. */
export interface ConfirmInTimeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time for one attempt, in milliseconds. Default 5,000. */
  readonly attemptMs?: number | undefined;
  /** Time between two attempts, in milliseconds. Default 500. */
  readonly pauseMs?: number | undefined;
}

/** The host may be reached a moment later: its routes have just changed. */
const worthAnotherTry: ReadonlySet<RouteErrorReason> = new Set(['UNREACHABLE', 'DEADLINE_EXCEEDED']);

/**
 * Confirms a pending commit over a new connection, again and again while the host cannot be reached, until its time is up. An answer that was
 * lost on the way is noticed.
 *
 * @throws RouteError ABORTED / NOT_CONFIRMED when the time is up: the host then undoes the commit by itself
 */
export async function confirmInTime(
  client: RouteClient,
  { id, confirmRemainingMs = 0 }: Commit,
  { signal, attemptMs = 5_000, pauseMs = 500 }: ConfirmInTimeOptions = {},
): Promise<Commit> {
  const end = performance.now() + confirmRemainingMs;
  const leftMs = () => end - performance.now();
  let last: RouteError | undefined;
  for (let left = leftMs(); left > 0; left = leftMs()) {
    try {
      return await client.confirmCommit(id, { signal, timeoutMs: Math.min(attemptMs, left) });
    } catch (error) {
      if (!(error instanceof RouteError)) throw error;
      if (error.reason === 'COMMIT_NOT_PENDING' && last !== undefined) return await settledCommit(client, id, error, signal);
      if (!worthAnotherTry.has(error.reason)) throw error;
      last = error;
    }
    await sleep(Math.max(0, Math.min(pauseMs, leftMs())), undefined, { signal }).catch(() => undefined);
  }
  throw new RouteError({
    code: 'ABORTED',
    reason: 'NOT_CONFIRMED',
    message: `commit ${id} could not be confirmed in time${last === undefined ? '' : `: ${last.message}`}`,
    remedy: 'the host undoes it by itself; see that it can be reached after the change, or allow more time',
    address: client.address,
    method: 'ConfirmCommit',
    cause: last,
  });
}

/** An attempt without an answer may have arrived. */
async function settledCommit(client: RouteClient, id: string, error: RouteError, signal: AbortSignal | undefined): Promise<Commit> {
  const commit = await client.getCommit(id, { signal });
  if (commit.state === 'committed') return commit;
  throw error;
}
