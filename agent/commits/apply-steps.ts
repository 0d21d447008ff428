import { createBreath } from '../breath.js';
import { RouteTableError } from '../routes/errors.js';
import { changeInto, describeRoute, equalRoutes, type Route, sameRow, wholeRow } from '../routes/route.js';
import type { RouteRows } from '../routes/route-table.js';
import { createRow, deleteRow, setRow, type Written } from '../routes/write.js';
import type { ObservedTable } from '../watch/observed-table.js';
import { ownershipsOf, writeOf } from './attribution.js';
import { type Atomicity, type CommitStep, type StepOutcome, writesNothing } from './commit.js';
import { type Failure, toFailure } from './failure.js';
import { checkValues, registryDeletedBy, removeValues } from './registry-steps.js';
import { rowsPerBatch, undoSteps } from './undo-steps.js';

interface ApplyContext {
  readonly table: ObservedTable;
  readonly commitId: string;
  readonly atomicity: Atomicity;
  /** Looked at between two steps. */
  readonly signal: AbortSignal;
  /** Called after every step with the number of steps that were done. */
  onProgress(done: number): void;
}

/** What became of the steps. */
export interface AppliedSteps {
  readonly steps: readonly CommitStep[];
  /** Why it was broken off: everything that was done is to be undone. Undefined: it ran to its end. */
  readonly broken: Failure | undefined;
}

/** Carries the steps out in their order; each is written and read back. */
export async function applySteps(steps: readonly CommitStep[], context: ApplyContext): Promise<AppliedSteps> {
  const { table, commitId, atomicity, signal, onProgress } = context;
  const results = [...steps];
  // Many steps must not keep a confirmation waiting.
  const breath = createBreath();
  let rows: RouteRows = table;
  for (const [index, step] of steps.entries()) {
    if (index % rowsPerBatch === 0) rows = table.batch();
    if (signal.aborted) return { steps: notAttempted(results, index), broken: toFailure(signal.reason) };
    const result = await applyStep(table, rows, commitId, step);
    results[index] = result;
    const { failure } = result.outcome;
    if (failure !== undefined && atomicity === 'all-or-nothing') return { steps: notAttempted(results, index + 1), broken: failure };
    // It may be written all the same, such as when only its read-back failed; for the others to go on it must not be half done.
    if (failure !== undefined) await undoSteps(table, commitId, [result], { rebooted: false });
    onProgress(index + 1);
    if (breath.due) await breath.take();
  }
  return { steps: results, broken: undefined };
}

function notAttempted(steps: readonly CommitStep[], from: number): CommitStep[] {
  const failure: Failure = {
    reason: 'NOT_ATTEMPTED',
    message: 'not attempted: the change was broken off before',
    remedy: 'see the status of the commit',
  };
  return steps.map((step, index) => (index < from || writesNothing(step) ? step : { ...step, outcome: { writtenBy: undefined, failure } }));
}

async function applyStep(table: ObservedTable, rows: RouteRows, commitId: string, step: CommitStep): Promise<CommitStep> {
  try {
    const written = await write(table, rows, commitId, step);
    if (written === undefined) return step;
    return withOutcome(step, asRead(step.after, written.after), { writtenBy: written.writtenBy, failure: undefined });
  } catch (error) {
    return withOutcome(step, step.after, { writtenBy: undefined, failure: toFailure(error) });
  }
}

/** Without a spread, which takes several times as long. */
function withOutcome(
  { kind, key, before, receipt, registryValues, operationIndex }: CommitStep,
  after: Route | undefined,
  outcome: StepOutcome,
): CommitStep {
  return { kind, key, before, after, receipt, registryValues, operationIndex, outcome };
}

/** The row as read back; the planned one in its place where they are equal: the history keeps it for long. */
function asRead(planned: Route | undefined, read: Route | undefined): Route | undefined {
  return planned !== undefined && read !== undefined && equalRoutes(planned, read) ? planned : read;
}

/** Writes the row, and then the registry: the other way round, a row that is refused would leave its value gone. */
async function write(table: ObservedTable, rows: RouteRows, commitId: string, step: CommitStep): Promise<Written | undefined> {
  if (step.registryValues.length === 0) return writeRow(table, rows, commitId, step);
  await checkValues(table, step);
  const written = await writeRow(table, rows, commitId, step);
  await removeValues(table, step);
  return written ?? { after: step.after, writtenBy: registryDeletedBy };
}

async function writeRow(table: ObservedTable, rows: RouteRows, commitId: string, step: CommitStep): Promise<Written | undefined> {
  const { kind, before, after } = step;
  if (kind === 'unchanged') {
    table.ownershipsChanged(commitId, ownershipsOf([step], 'after'));
    return undefined;
  }
  const current = before && (await unchangedSince(rows, before));
  return table.ownWrite(writeOf(step, commitId, 'after', current), () => {
    if (after === undefined) return deleteRow(rows, before ?? noRow(step));
    return before === undefined ? createRow(rows, wholeRow(after)) : setRow(rows, changeInto(after, before), before);
  });
}

function noRow({ kind, key }: CommitStep): never {
  throw new Error(`a step of kind "${kind}" without a row: ${describeRoute(key)}`);
}

/**
 * Between plan and write lie probes and other steps: what somebody else changed meanwhile is not overwritten.
 *
 * @returns the row as it is now; undefined: it is gone, and Windows refuses to change it
 */
async function unchangedSince(rows: RouteRows, before: Route): Promise<Route | undefined> {
  const current = await rows.get(before);
  if (current === undefined || sameRow(current, before)) return current;
  throw new RouteTableError(
    'FOREIGN_CHANGE',
    `${describeRoute(before)} changed after it was planned: it has metric ${current.metric} now`,
    {
      remedy: 'plan the change again, and look at the row',
    },
  );
}
