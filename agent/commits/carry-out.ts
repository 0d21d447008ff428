import type { Logger } from 'pino';
import { describeRoute } from '../routes/route.js';
import { applySteps } from './apply-steps.js';
import type { Caller, Change, CommitOptions } from './change.js';
import type { CommitRecord } from './commit.js';
import type { ApplyEvents, EngineOptions } from './engine-options.js';
import { type Failure, toFailure } from './failure.js';
import { judgeProbes } from './probes/judge-probes.js';
import { runProbes } from './probes/run-probes.js';
import { update } from './rollback.js';

/** A commit that was carried out, or broken off. */
interface CarriedOut {
  readonly commit: CommitRecord;
  /** Why everything that was written is to be undone; undefined: it stands, or waits for its confirmation. */
  readonly broken: Failure | undefined;
}

/**
 * Journals, writes, reads back, probes. On disk before the first write is everything that is needed to undo it.
 *
 * @throws RouteTableError JOURNAL_UNAVAILABLE when the beginning could not be written down: then the table was not touched
 */
export async function carryOut(
  { table, journal, log }: Pick<EngineOptions, 'table' | 'journal' | 'log'>,
  record: CommitRecord,
  change: Change,
  { probes }: Pick<CommitOptions, 'probes'>,
  { peer }: Pick<Caller, 'peer'>,
  { signal, onProgress }: ApplyEvents,
): Promise<CarriedOut> {
  const before = await runProbes(probes, { table, peer, signal });
  signal.throwIfAborted();
  await journal.append({ type: 'begin', commit: { ...record, probes: judgeProbes(before, undefined).results } });

  const total = record.steps.length;
  const context = {
    table,
    commitId: record.id,
    atomicity: record.atomicity,
    signal,
    onProgress: (done: number) => onProgress?.(done, total),
  };
  let commit = record;
  // From here on whatever fails, be it a callback, leads to the undoing of what was written.
  try {
    const { steps, broken } = await applySteps(record.steps, context);
    commit = { ...commit, steps };
    logSteps(log, commit);
    if (broken !== undefined) return { commit, broken };
    const snapshot = await table.list();
    commit = { ...commit, revisionAfter: snapshot.revision };
    const unfit = change.verify?.(await snapshot.routes());
    if (unfit !== undefined) return { commit, broken: unfit };

    const after = await runProbes(probes, { table, peer, signal });
    // Before the verdict: the signal ended the probes as well.
    if (signal.aborted) return { commit, broken: toFailure(signal.reason) };
    const verdict = judgeProbes(before, after);
    commit = { ...commit, probes: verdict.results };
    const [lost] = verdict.broken;
    if (lost !== undefined) return { commit, broken: probeFailure(lost.probe, lost.message) };

    const settled: CommitRecord =
      record.confirmWithinMs === undefined ? { ...commit, state: 'committed', endTime: new Date() } : { ...commit, state: 'pending' };
    await journal.append(update(settled));
    commit = settled;
  } catch (error) {
    return { commit, broken: toFailure(error) };
  }
  return { commit, broken: undefined };
}

const done = { create: 'created', set: 'changed', delete: 'deleted', unchanged: 'unchanged' } as const;

/** Rows of a commit that the log tells one by one. */
const loggedRows = 200;

/** Whatever changed the table stands in the log, whoever asked for it; of large commits the journal has all rows. */
function logSteps(log: Logger, { id, steps }: CommitRecord): void {
  let written = 0;
  for (const { kind, key, before, after, registryValues, outcome } of steps) {
    if (outcome.writtenBy === undefined) continue;
    written += 1;
    if (written > loggedRows) continue;
    const metrics = { metricBefore: before?.metric, metric: after?.metric };
    const registry = registryValues.length === 0 ? undefined : registryValues.map(({ name }) => name);
    log.info({ commit: id, route: describeRoute(key), ...metrics, function: outcome.writtenBy, registry }, done[kind]);
  }
  if (written > loggedRows) log.info({ commit: id, rows: written - loggedRows }, 'more rows of this commit: see GetCommit');
}

function probeFailure(probe: string, message: string): Failure {
  return {
    reason: 'PROBE_FAILED',
    message: `${probe}: passed before the change and not after it: ${message}`,
    remedy: 'look at the best routes of the plan, and correct the change',
  };
}
