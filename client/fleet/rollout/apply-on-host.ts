import type { RouteFailure } from '../../errors/route-error.js';
import type { ApplyOptions } from '../../model/call-options.js';
import type { Change } from '../../model/change.js';
import type { Commit } from '../../model/commit.js';
import type { RouteClient } from '../../route-client.js';
import type { Host } from '../host.js';
import { attemptIdOf } from './commit-names.js';
import type { ApplyContext, ApplyReport } from './host-work.js';
import type { RolloutReason } from './rollout-event.js';
import { type Attempt, findAttempt, type HostAccess, insist, noteOf } from './settle.js';

/** The change of one host. */
export interface HostChange {
  readonly host: Host;
  readonly change: Change;
  /** With a time to confirm and the plan token. The same for every attempt: a host takes another content for another request. */
  readonly options: ApplyOptions;
  readonly commitId: string;
}

/**
 * Changes one host: applies with a way back, and confirms over a new connection once it may. What was announced earlier and not answered is asked of the
 * host first. Nothing is applied twice: request id and commit id are those of the rollout and host.
 */
export function applyOnHost(
  { host, change, options, commitId }: HostChange,
  access: HostAccess,
  { signal, resumed, confirming, mayConfirm }: ApplyContext,
): Promise<ApplyReport> {
  /** The change may have reached the host. */
  let sent = resumed;
  /** The confirmation may have. */
  let confirmed = confirming;
  /** The host has known this attempt. */
  let seen: string | undefined;

  async function attempt(client: RouteClient): Promise<Attempt<ApplyReport>> {
    const { id, commit: known } = await findAttempt(client, (number) => attemptIdOf(commitId, number));
    let commit = known;
    if (commit === undefined) {
      if (seen === id || confirmed) return lost();
      if (signal.aborted) return cancelled();
      sent = true;
      const result = await client.applyRoutes(change, { ...options, commitId: id, requestId: id, requireFreshConnection: true, signal });
      commit = result.commit;
      if (commit === undefined) return { outcome: 'confirmed', note: { mayStand: false } };
    }
    seen = id;
    return judge(client, commit);
  }

  async function judge(client: RouteClient, commit: Commit): Promise<Attempt<ApplyReport>> {
    switch (commit.state) {
      case 'applying':
      case 'rollingBack':
        return 'again';
      case 'pendingConfirmation':
        return judge(client, await settlePending(client, commit));
      case 'committed':
        return { outcome: 'confirmed', note: { mayStand: true } };
      case 'rolledBack':
        return { outcome: 'rolledBack', note: noteOf(commit.failure ?? unexplained, false) };
      case 'rollbackFailed':
        return { outcome: 'failed', note: rollbackFailed(commit) };
    }
    const message = `the host names a state that this version does not know: ${commit.state}`;
    return { outcome: 'failed', note: { reason: 'UNKNOWN', message, mayStand: true } };
  }

  async function settlePending(client: RouteClient, commit: Commit): Promise<Commit> {
    const passed = commit.probes.every(({ passedBefore, passedAfter }) => !passedBefore || passedAfter === true);
    // Once it was announced it is given until it is answered: it may be there already.
    if (!confirmed && (signal.aborted || !passed || !(await mayConfirm()))) return client.cancelCommit(commit.id);
    confirmed = true;
    return client.confirmCommit(commit.id);
  }

  return insist<ApplyReport>(host, access, {
    signal,
    attempt,
    worthIt: () => sent,
    gaveUp: (error) => ({ outcome: 'unreachable', note: noteOf(error ?? unheard, confirmed) }),
    refused: (error) => ({ outcome: 'failed', note: noteOf(error, confirmed) }),
  });

  function lost(): ApplyReport {
    const message = `the host knows nothing of commit ${commitId} any more`;
    return {
      outcome: 'failed',
      note: { reason: 'COMMIT_NOT_FOUND', message, remedy: 'look at its routes and its journal', mayStand: true },
    };
  }
}

const unheard: RolloutReason & Pick<RouteFailure, 'reason'> = {
  reason: 'UNREACHABLE',
  message: 'it does not say what became of the change; unconfirmed, it undoes it by itself',
};

const unexplained: RouteFailure = { code: 'UNKNOWN', reason: 'UNKNOWN', message: 'the agent does not say why' };

function cancelled(): ApplyReport {
  const message = 'it was cancelled before anything was written';
  return { outcome: 'rolledBack', note: { reason: 'CANCELLED', message, mayStand: false } };
}

function rollbackFailed({ id, failure = unexplained }: Commit): ApplyReport['note'] {
  const message = `not undone yet after ${failure.reason}: ${failure.message}`;
  return { reason: 'ROLLBACK_FAILED', message, remedy: `see "routefleet commit show ${id}"; the agent goes on trying`, mayStand: true };
}
