import { RouteError, type RouteErrorReason, type RouteFailure } from '../../errors/route-error.js';
import type { Commit } from '../../model/commit.js';
import type { RouteClient } from '../../route-client.js';
import type { Connector } from '../connector.js';
import type { Host } from '../host.js';
import type { Clock } from './clock.js';
import type { HostNote } from './rollout-event.js';

/** How hosts are worked on. */
export interface HostAccess {
  readonly connector: Connector;
  readonly clock: Clock;
  /** Time between two questions to a host, in milliseconds. */
  readonly pauseMs: number;
  /** Time to learn what became of a host after it was cancelled, in milliseconds. */
  readonly settleMs: number;
}

/** It may be reached, or give another answer, a moment later. */
const transient: ReadonlySet<RouteErrorReason> = new Set([
  'UNREACHABLE',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'AGENT_STOPPING',
  // What is asked about was settled in between, by its timer for one: the next question shows how.
  'COMMIT_NOT_PENDING',
  'COMMIT_ID_MISMATCH',
  'COMMIT_EXISTS',
]);

/** What one attempt came to; "again": ask once more after a pause. */
export type Attempt<Report> = Report | 'again';

interface InsistOptions<Report> {
  readonly signal: AbortSignal;
  /** One attempt over a connection of its own. */
  attempt(client: RouteClient): Promise<Attempt<Report>>;
  /** Whether to go on after a failure that may pass. */
  worthIt(): boolean;
  /** It cannot be reached, or not any more. */
  gaveUp(error: RouteError | undefined): Report;
  /** The host said no. */
  refused(error: RouteError): Report;
}

/** Makes attempts, each over a new connection, until one has an answer. After an abort it goes on for a while: what became of the host matters most then. */
export async function insist<Report>(
  host: Host,
  { connector, clock, pauseMs, settleMs }: HostAccess,
  { signal, attempt, worthIt, gaveUp, refused }: InsistOptions<Report>,
): Promise<Report> {
  let abortedAt: number | undefined;
  let last: RouteError | undefined;
  for (;;) {
    let client: RouteClient | undefined;
    try {
      client = await connector(host);
      const report = await attempt(client);
      if (report !== 'again') return report;
    } catch (error) {
      if (!(error instanceof RouteError)) throw error;
      if (!transient.has(error.reason)) return refused(error);
      if (!worthIt()) return gaveUp(error);
      // What was cancelled by this side says nothing about the host.
      if (error.reason !== 'CANCELLED') last = error;
    } finally {
      client?.close();
    }
    if (signal.aborted) {
      abortedAt ??= clock.now();
      if (clock.now() - abortedAt >= settleMs / 2) return gaveUp(last);
    }
    await clock.sleep(pauseMs, signal.aborted ? undefined : signal);
  }
}

/** A commit by its id; undefined: the host does not know it. */
export async function findCommit(client: RouteClient, commitId: string): Promise<Commit | undefined> {
  try {
    return await client.getCommit(commitId);
  } catch (error) {
    if (error instanceof RouteError && error.reason === 'COMMIT_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Why, as it is told. */
export function noteOf({ reason, message, remedy }: Pick<RouteFailure, 'reason' | 'message' | 'remedy'>, mayStand: boolean): HostNote {
  return { reason, message, remedy, mayStand };
}
