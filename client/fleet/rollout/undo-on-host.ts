import { RouteError, type RouteErrorReason } from '../../errors/route-error.js';
import type { ApplyOptions } from '../../model/call-options.js';
import type { Commit } from '../../model/commit.js';
import type { Plan } from '../../model/plan.js';
import type { Route } from '../../model/route.js';
import type { RouteClient } from '../../route-client.js';
import { routeKeyText } from '../../route-key-text.js';
import type { HostChange } from './apply-on-host.js';
import { attemptIdOf, undoCommitIdOf } from './commit-names.js';
import type { UndoReport, WorkContext } from './host-work.js';
import { type Attempt, findAttempt, type HostAccess, insist, noteOf } from './settle.js';
import { planUndo, type UndoGroup } from './undo-plan.js';

/**
 * Undoes a confirmed change of one host: restores the rows of its commit that are still as the commit left them, by commits of their own with a way
 * back, confirmed over a new connection. The table is read, the restoring planned, and the plan required when it is applied, so that a row which changes in
 * between is not overwritten.
 */
export function undoOnHost(
  { host, options, commitId }: Pick<HostChange, 'host' | 'options' | 'commitId'>,
  attemptNumber: number,
  access: HostAccess,
  { signal }: WorkContext,
): Promise<UndoReport> {
  async function attempt(client: RouteClient): Promise<Attempt<UndoReport>> {
    const { id, commit } = await findAttempt(client, (number) => attemptIdOf(commitId, number));
    if (commit === undefined) return id === commitId ? lost(commitId) : { outcome: 'rolledBack', note: { mayStand: false } };
    switch (commit.state) {
      case 'applying':
      case 'rollingBack':
        return 'again';
      case 'pendingConfirmation':
        // Its confirmation never arrived: the host itself undoes it best.
        await client.cancelCommit(id);
        return 'again';
      case 'rolledBack':
        return { outcome: 'rolledBack', note: { ...(commit.failure && noteOf(commit.failure, false)), mayStand: false } };
      case 'committed':
        return restore(client, commit);
      case 'rollbackFailed': {
        const message = 'the host itself is still trying to undo it';
        return {
          outcome: 'undoFailed',
          note: { reason: 'ROLLBACK_FAILED', message, remedy: 'see what "routefleet agent info" says', mayStand: true },
        };
      }
    }
    return { outcome: 'undoFailed', note: { reason: 'UNKNOWN', message: `unknown state ${commit.state}`, mayStand: true } };
  }

  async function restore(client: RouteClient, commit: Commit): Promise<Attempt<UndoReport>> {
    for (const owner of ownersBefore(commit)) {
      // Rows that are back wait for a confirmation, and look as if all were done.
      const { commit: known } = await findUndo(client, owner);
      if (known?.state === 'applying' || known?.state === 'rollingBack') return 'again';
      if (known?.state === 'pendingConfirmation') await client.confirmCommit(known.id);
    }
    const current = new Map<string, Route>();
    for await (const route of client.listRoutes()) current.set(routeKeyText(route), route);
    const { groups, left } = planUndo(commit.steps, current, commit.owner);
    const [group] = groups;
    if (group === undefined) return restored(left);
    const { id, commit: known } = await findUndo(client, group.owner);
    if (known !== undefined) return failed(noteOf(known.failure ?? isBack, true));
    if (signal.aborted) return failed({ reason: 'CANCELLED', message: 'its time was over', mayStand: true });
    await applyGroup(client, group, commit, current, id);
    // The next look settles it, and goes on with what is left.
    return 'again';
  }

  /** What puts the rows of an owner back. */
  function findUndo(client: RouteClient, owner: string | undefined): ReturnType<typeof findAttempt> {
    return findAttempt(
      client,
      (count) => undoCommitIdOf(commitId, attemptNumber, owner, count),
      ({ reason }) => cutShort.has(reason),
    );
  }

  async function applyGroup(
    client: RouteClient,
    group: UndoGroup,
    { comment }: Commit,
    current: ReadonlyMap<string, Route>,
    undoId: string,
  ): Promise<void> {
    const risks = options.acceptedRisks ?? [];
    const own: ApplyOptions = {
      owner: group.owner,
      confirmWithinMs: options.confirmWithinMs,
      // The rows that change hands are those of the rollout.
      acceptedRisks: group.changesHands ? [...new Set([...risks, 'other-owner' as const])] : risks,
      comment: comment === undefined ? undefined : `undo: ${comment}`.slice(0, 256),
    };
    const plan = await client.planRoutes(group.change, own);
    // Else the table changed since it was read, as with a plan that is stale.
    if (!isOf(plan, current)) return;
    try {
      const { planToken } = plan;
      await client.applyRoutes(group.change, {
        ...own,
        planToken,
        commitId: undoId,
        requestId: undoId,
        requireFreshConnection: true,
        signal,
      });
    } catch (error) {
      if (!(error instanceof RouteError && error.reason === 'STALE_PLAN')) throw error;
    }
  }

  return insist<UndoReport>(host, access, {
    signal,
    attempt,
    // It has changed rows that are wanted back: it is asked until its time is over.
    worthIt: () => true,
    gaveUp: (error) => failed(noteOf(error ?? { reason: 'UNREACHABLE', message: 'it does not answer', remedy: undefined }, true)),
    refused: (error) => failed(noteOf(error, true)),
  });
}

/** Whose commits may put rows back; see {@link planUndo}. */
function ownersBefore({ steps }: Commit): ReadonlySet<string | undefined> {
  return new Set(steps.map(({ before, after }) => (before === undefined ? after?.owner : before.owner)));
}

/** The host undid it since it did not hear from this side in time, or was restarted: nothing speaks against another try. */
const cutShort: ReadonlySet<RouteErrorReason> = new Set(['CANCELLED', 'NOT_CONFIRMED', 'AGENT_RESTARTED']);

/** It was done, and the rows are as the rollout left them all the same. */
const isBack = { reason: 'FOREIGN_CHANGE', message: 'what was undone is back', remedy: 'see what writes these rows' } as const;

/** The plan is of the rows that were judged. */
function isOf({ steps }: Plan, current: ReadonlyMap<string, Route>): boolean {
  return steps.every(({ before, after }) => {
    const row = before ?? after;
    const read = row && current.get(routeKeyText(row));
    return read?.etag === before?.etag && read?.owner === before?.owner && read?.persistent === before?.persistent;
  });
}

function restored(left: readonly string[]): UndoReport {
  if (left.length === 0) return { outcome: 'undone', note: { mayStand: false } };
  const message = `left as they are, since they are not as the rollout left them: ${left.join(', ')}`;
  return { outcome: 'undone', note: { reason: 'FOREIGN_CHANGE', message, remedy: 'look at these rows and decide', mayStand: false } };
}

function failed(note: UndoReport['note']): UndoReport {
  return { outcome: 'undoFailed', note };
}

function lost(commitId: string): UndoReport {
  const message = `the host knows nothing of commit ${commitId} any more, so that what it changed is not known`;
  return failed({ reason: 'COMMIT_NOT_FOUND', message, remedy: 'apply the desired state that was there before', mayStand: true });
}
