import { createBreath } from '../breath.js';
import { RouteTableError } from '../routes/errors.js';
import { changeInto, describeRoute, type InterfaceIdentity, type Route, type RouteKey, sameRow, wholeRow } from '../routes/route.js';
import type { RouteRows, RouteTable } from '../routes/route-table.js';
import { createRow, deleteRow, setRow, wroteNothing } from '../routes/write.js';
import type { ObservedTable } from '../watch/observed-table.js';
import { writeOf } from './attribution.js';
import { type CommitStep, writesNothing } from './commit.js';
import { type Failure, toFailure } from './failure.js';
import { restoreValues } from './registry-steps.js';

/** Rows for which the host is asked once about their interfaces. A number and no time: the same change makes the same calls, on a busy host as well. */
export const rowsPerBatch = 64;

/** What undoing came to. */
export interface UndoneSteps {
  /** With a failure where the row was left as it is: somebody else changed it meanwhile, its interface is gone, or it could not be put back. */
  readonly steps: readonly CommitStep[];
  /** How many rows were left so, without those that could not be put back. */
  readonly left: number;
  /** Rows that could not be put back; to be tried again. */
  readonly failed: readonly Failure[];
}

/**
 * Puts every row of the steps back, in reverse order. Each is compared before it is touched, so that undoing twice, or undoing what was never
 * done, changes nothing. With `rebooted` no row is created but those whose values went from the registry: the system built its table anew, and what is
 * not in it went with the old boot.
 */
export async function undoSteps(
  table: ObservedTable,
  commitId: string,
  steps: readonly CommitStep[],
  { rebooted }: { rebooted: boolean },
): Promise<UndoneSteps> {
  const results = [...steps];
  const failed: Failure[] = [];
  let left = 0;
  const breath = createBreath();
  let batch: UndoBatch = { rows: table, present: new Map() };
  let undone = 0;
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index];
    if (step === undefined || writesNothing(step) || leftAlone(step)) continue;
    try {
      if (undone++ % rowsPerBatch === 0) batch = beginBatch(table);
      const failure = await undoStep(table, batch, commitId, step, rebooted);
      if (failure !== undefined) {
        results[index] = { ...step, outcome: { ...step.outcome, failure } };
        left += 1;
      }
    } catch (error) {
      const failure = toFailure(error);
      results[index] = { ...step, outcome: { ...step.outcome, failure } };
      failed.push(failure);
    }
    // A large batch must not hold up the calls that ask how it goes.
    if (breath.due) await breath.take();
  }
  return { steps: results, left, failed };
}

/** Rows for which the host is asked once about their interfaces. */
interface UndoBatch {
  readonly rows: RouteRows;
  /** By LUID, or by index on hosts that know no LUIDs; undefined: gone. */
  readonly present: Map<bigint | number, InterfaceIdentity | undefined>;
}

function beginBatch(table: RouteTable): UndoBatch {
  return { rows: table.batch(), present: new Map() };
}

/** Not tried, or the row had come, gone or changed by other hands: whatever it is now is not the doing of this commit. */
function leftAlone({ outcome: { failure } }: CommitStep): boolean {
  return failure !== undefined && (wroteNothing(failure.reason) || ['NOT_ATTEMPTED', 'FOREIGN_CHANGE'].includes(failure.reason));
}

/**
 * Puts one row back, and the values that went from the registry with it: first those, so that the row is read back as one that stands there. Neither
 * waits for the other. @returns why something was left as it is; undefined: all is as before
 */
async function undoStep(
  table: ObservedTable,
  batch: UndoBatch,
  commitId: string,
  step: CommitStep,
  rebooted: boolean,
): Promise<Failure | undefined> {
  if (step.registryValues.length === 0) return undoRow(table, batch, commitId, step, rebooted);
  const { left, error } = await restoreValues(table, step);
  // The new boot would have made the row by the value that this commit took away.
  const rowLeft = step.kind === 'unchanged' ? undefined : await undoRow(table, batch, commitId, step, false);
  if (error !== undefined) throw error;
  return rowLeft ?? left;
}

async function undoRow(
  table: ObservedTable,
  { rows, present }: UndoBatch,
  commitId: string,
  step: CommitStep,
  rebooted: boolean,
): Promise<Failure | undefined> {
  const { destinationPrefix, nextHop, interface: planned } = step.key;
  const name = planned.luid === 0n ? planned.index : planned.luid;
  if (!present.has(name)) present.set(name, await presentInterface(table, step.key));
  const identity = present.get(name);
  if (identity === undefined) return step.before && interfaceGone(step.key);
  const key = { destinationPrefix, nextHop, interface: identity };
  const current = await rows.get(key);
  const before = step.before && { ...step.before, ...key };
  if (current === undefined) {
    if (before === undefined || rebooted) return undefined;
    // A row that was to be changed is gone by other hands.
    if (step.kind === 'set') return foreign(key, 'is gone');
    await table.ownWrite(writeOf(step, commitId, 'before', undefined), () => createRow(rows, wholeRow(before)));
    return undefined;
  }
  if (before !== undefined && sameRow(current, before) && !lifetimesChanged(current, before, step.after)) return undefined;
  if (step.after === undefined || !sameRow(current, step.after)) return foreign(key, `has metric ${current.metric}`);
  await table.ownWrite(writeOf(step, commitId, 'before', current), () =>
    before === undefined ? deleteRow(rows, current) : setRow(rows, changeInto(before, current), current),
  );
  return undefined;
}

/** Whether the row still has the lifetimes that the step gave it, and not those before: all of them only run down. */
function lifetimesChanged(current: Route, before: Route, after: Route | undefined): boolean {
  return (['validLifetimeSeconds', 'preferredLifetimeSeconds'] as const).some((member) => {
    const [is, was, given] = [current, before, after].map((route) => route?.[member]);
    if (is === undefined || was === undefined || given === undefined || was === given) return false;
    return given > was ? is > was : is <= given;
  });
}

/** The interface with its index of today; undefined when it is gone, and all its rows with it. */
async function presentInterface(table: RouteTable, key: RouteKey): Promise<InterfaceIdentity | undefined> {
  try {
    return await table.findInterface({ by: 'luid', luid: key.interface.luid });
  } catch (error) {
    if (!(error instanceof RouteTableError && ['INTERFACE_NOT_FOUND', 'FUNCTION_MISSING'].includes(error.reason))) throw error;
    // The conversion of names may also fail, or be missing: only what the host says of the interface itself counts.
    return table.missing(key).reason === 'INTERFACE_NOT_FOUND' ? undefined : key.interface;
  }
}

function foreign(key: RouteKey, finding: string): Failure {
  return {
    reason: 'FOREIGN_CHANGE',
    message: `${describeRoute(key)} ${finding}: something else changed it after this commit, and it was left so`,
    remedy: 'look at the row and decide',
  };
}

function interfaceGone(key: RouteKey): Failure {
  return {
    reason: 'INTERFACE_NOT_FOUND',
    message: `${describeRoute(key)} could not be put back: the interface is gone`,
    remedy: 'when the interface returns, look at its routes; persistent routes return by themselves',
  };
}
