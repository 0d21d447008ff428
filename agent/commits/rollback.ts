import type { Logger } from 'pino';
import type { ObservedTable } from '../watch/observed-table.js';
import { ownershipsOf } from './attribution.js';
import type { CommitRecord, HostBoot } from './commit.js';
import { type Failure, toFailure } from './failure.js';
import type { Journal, JournalRecord } from './journal/journal.js';
import { sameBoot } from './same-boot.js';
import { undoSteps } from './undo-steps.js';

interface RollbackContext {
  readonly table: ObservedTable;
  readonly journal: Journal;
  readonly log: Logger;
  readonly boot: HostBoot;
}

/** Undoes a commit, and writes down that it is undone. What cannot be done, or cannot be written down, makes it "rollback-failed". */
export async function rollBack(context: RollbackContext, commit: CommitRecord, why: Failure, abandon = false): Promise<CommitRecord> {
  const { table, journal, log, boot } = context;
  log.warn({ commit: commit.id, reason: why.reason }, `rolling back: ${why.message}`);
  const begun: CommitRecord = { ...commit, state: 'rolling-back', failure: why };
  // The journal may be what fails: the rows are put back all the same.
  await attempt(log, () => journal.append(update(begun)));
  const { steps, left, failed } = await undoSteps(table, commit.id, commit.steps, { rebooted: !sameBoot(commit.boot, boot) });
  if (failed.length > 0 && !abandon) return failedRollback(context, begun, failed);

  const given = abandon ? failed.length : 0;
  const remark = left + given > 0 ? `; ${left + given} rows were left as they are, see the steps` : '';
  const failure = { ...why, message: `${why.message}${remark}` };
  const undone: CommitRecord = { ...begun, steps, state: 'rolled-back', endTime: new Date(), failure };
  try {
    await journal.append(update(undone));
  } catch (error) {
    return failedRollback(context, begun, [toFailure(error)]);
  }
  table.ownershipsChanged(commit.id, ownershipsOf(steps, 'before'));
  log.warn({ commit: commit.id, left, given }, 'rolled back');
  return undone;
}

async function failedRollback({ journal, log }: RollbackContext, commit: CommitRecord, failed: readonly Failure[]): Promise<CommitRecord> {
  const [first] = failed;
  const failure: Failure = {
    reason: 'ROLLBACK_FAILED',
    message: `${commit.failure?.message}; undoing it failed for ${failed.length} rows: ${first?.message}`,
    remedy: first?.remedy ?? '',
    facts: { cause: first?.reason ?? '' },
  };
  const record: CommitRecord = { ...commit, state: 'rollback-failed', failure };
  log.error({ commit: commit.id, failed }, 'the rollback failed, and will be tried again');
  await attempt(log, () => journal.append(update(record)));
  return record;
}

async function attempt(log: Logger, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    log.error({ failure: toFailure(error) }, 'the journal cannot be written');
  }
}

/** The members of a commit that change, as they are now. */
export function update({ id, state, endTime, revisionAfter, steps, probes, failure }: CommitRecord): JournalRecord {
  return { type: 'update', id, state, endTime, revisionAfter, steps, probes, failure };
}
