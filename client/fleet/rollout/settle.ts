import { setMaxListeners } from 'node:events';
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

/** What is asked about was settled in between, by its timer for one: the next question shows how. */
const overtaken: ReadonlySet<RouteErrorReason> = new Set(['COMMIT_NOT_PENDING', 'COMMIT_ID_MISMATCH', 'COMMIT_EXISTS']);

/** It may be reached, or give another answer, a moment later. */
const transient: ReadonlySet<RouteErrorReason> = new Set(['UNREACHABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'AGENT_STOPPING', ...overtaken]);

/**
 * A connection that is reset during the handshake looks as if a certificate was refused. That may pass as well where it is worth to go on; where it is
 * not, it is taken for what it says.
 */
const ambiguous: ReadonlySet<RouteErrorReason> = new Set(['TLS_REFUSED']);

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
  let abortedAt = clock.now();
  const noteAbort = () => {
    abortedAt = clock.now();
  };
  // Hosts that a gate looks at share one; Node.js takes more than ten listeners for a leak and warns.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', noteAbort);
  let last: RouteError | undefined;
  try {
    for (;;) {
      let client: RouteClient | undefined;
      let patienceMs = settleMs / 2;
      try {
        client = await connector(host);
        const report = await attempt(client);
        if (report !== 'again') return report;
      } catch (error) {
        if (!(error instanceof RouteError)) throw error;
        const mayPass = transient.has(error.reason) || (ambiguous.has(error.reason) && worthIt());
        if (!mayPass) return refused(error);
        if (!worthIt()) return gaveUp(error);
        // What was cancelled by this side says nothing about the host.
        if (error.reason !== 'CANCELLED') last = error;
        if (overtaken.has(error.reason)) patienceMs = settleMs;
      } finally {
        client?.close();
      }
      // An attempt may take long: it is the time since the abort that counts, not since it was seen.
      if (signal.aborted && clock.now() - abortedAt >= patienceMs) return gaveUp(last);
      await clock.sleep(pauseMs, signal.aborted ? undefined : signal);
    }
  } finally {
    signal.removeEventListener('abort', noteAbort);
  }
}

/**
 * The attempt that counts: the first that was not cut short. One that was says nothing about the change, and another one follows it.
 *
 * @param idOf - commit id of each attempt, from 1
 * @param wasCutShort - default: the agent undid it since its call ended while it was being made, with the controller or the connection
 * @returns without a commit: it is to be made yet
 */
export async function findAttempt(
  client: RouteClient,
  idOf: (attempt: number) => string,
  wasCutShort: (failure: RouteFailure) => boolean = ({ reason }) => reason === 'CANCELLED',
): Promise<{ readonly id: string; readonly commit?: Commit | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const id = idOf(attempt);
    const commit = await findCommit(client, id);
    if (commit?.state !== 'rolledBack' || commit.failure === undefined || !wasCutShort(commit.failure)) return { id, commit };
  }
}

/** A commit by its id; undefined: the host does not know it. */
async function findCommit(client: RouteClient, commitId: string): Promise<Commit | undefined> {
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
