import { expect, vi } from 'vitest';
import type { CommitRecord, CommitState } from '../../../agent/commits/commit.js';
import { type AskedChange, failedSlots, type Members, outcomeOf, type Rows, rowsAfter, splitTable } from './arbitraries.js';
import type { Agent, Host } from './fixture.js';

/** What an agent is to do, in the simplest words. */
export interface Model {
  /** The rows of the universe as they are to be. */
  rows: Rows;
  /** By slot. */
  owners: ReadonlyMap<string, string>;
  unsettled: ModelUnsettled | undefined;
  /** By id. */
  readonly history: Map<string, CommitState>;
  nowMs: number;
}

export interface ModelUnsettled {
  readonly id: string;
  /** When it is undone; for a rollback that failed when it is tried again. */
  readonly deadlineMs: number;
  readonly failed: boolean;
  readonly rowsBefore: Rows;
  readonly rowsAfter: Rows;
  readonly ownersBefore: ReadonlyMap<string, string>;
}

/** The thing itself. */
export interface Real {
  readonly host: Host;
  readonly others: ReadonlyMap<string, string>;
  agent: Agent;
  boots: number;
  commits: number;
}

const same = (a: Members | undefined, b: Members | undefined): boolean => a?.metric === b?.metric && a?.publish === b?.publish;

/** Undoes a commit row by row: what another program changed since stays as it is, and after a reboot nothing comes back. */
export function rollBack(model: Model, { rebooted = false }: { readonly rebooted?: boolean } = {}): void {
  const { unsettled } = model;
  if (unsettled === undefined) return;
  const rows = new Map(model.rows);
  for (const slot of new Set([...unsettled.rowsBefore.keys(), ...unsettled.rowsAfter.keys()])) {
    const [before, after, current] = [unsettled.rowsBefore, unsettled.rowsAfter, rows].map((each) => each.get(slot));
    if (same(before, after) || !same(current, after)) continue;
    if (before === undefined) rows.delete(slot);
    else if (current !== undefined || !rebooted) rows.set(slot, before);
  }
  model.rows = rows;
  model.owners = unsettled.ownersBefore;
  model.history.set(unsettled.id, 'rolled-back');
  model.unsettled = undefined;
}

/** Takes note of what an apply came to: everything that was asked, or nothing of it. */
export function note(
  model: Model,
  real: Real,
  change: AskedChange,
  id: string,
  record: CommitRecord,
  confirmWithinMs: number | undefined,
): void {
  const failed = failedSlots(record);
  const after = rowsAfter(change, model.rows, model.owners, record.state === 'rollback-failed' ? new Set() : failed) ?? model.rows;
  const [rowsBefore, ownersBefore] = [model.rows, model.owners];
  const settled = { id, rowsBefore, rowsAfter: after, ownersBefore };
  model.history.set(id, record.state);
  if (record.state === 'committed' || record.state === 'pending') {
    model.rows = after;
    model.owners = ownersAfter(change, rowsBefore, ownersBefore, failed);
  }
  if (record.state === 'pending') model.unsettled = { ...settled, failed: false, deadlineMs: model.nowMs + (confirmWithinMs ?? 0) };
  if (record.state === 'rollback-failed') {
    noteHalfUndone(model, real, settled);
  }
}

/** Every row is as before or as after; which of them is for the native calls to say. */
export function noteHalfUndone(model: Model, { host }: Real, commit: Omit<ModelUnsettled, 'deadlineMs' | 'failed'>): void {
  const { rows } = splitTable(host);
  for (const slot of new Set([...rows.keys(), ...model.rows.keys(), ...commit.rowsBefore.keys(), ...commit.rowsAfter.keys()])) {
    const states = [model.rows, commit.rowsBefore, commit.rowsAfter].map((each) => each.get(slot));
    expect(states.some((state) => same(state, rows.get(slot)))).toBe(true);
  }
  model.rows = rows;
  model.history.set(commit.id, 'rollback-failed');
  model.unsettled = { ...commit, failed: true, deadlineMs: model.nowMs + 1000 };
}

function ownersAfter(
  { asked, owner, replaceOwned }: AskedChange,
  rows: Rows,
  owners: ReadonlyMap<string, string>,
  failed: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const after = new Map(owners);
  for (const each of asked) {
    const outcome = outcomeOf(each, rows.get(each.slot), owners.has(each.slot));
    if (outcome === 'refused' || failed.has(each.slot)) continue;
    if (outcome !== undefined && owner !== '') after.set(each.slot, owner);
    else if (!same(outcome, rows.get(each.slot)) || outcome === undefined) after.delete(each.slot);
  }
  if (!replaceOwned) return after;
  for (const [slot, of] of owners) if (of === owner && !failed.has(slot) && !asked.some((each) => each.slot === slot)) after.delete(slot);
  return after;
}

/** Lets time pass, for both. */
export async function pass(model: Model, real: Real, ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await real.agent.idle();
  model.nowMs += ms;
  if (model.unsettled !== undefined && model.nowMs >= model.unsettled.deadlineMs) rollBack(model);
}

/** The table, the fence, the history and the receipts are as the model has them. */
export function compare(model: Model, { host, agent, others }: Real): void {
  const table = splitTable(host);
  expect(table.rows).toEqual(model.rows);
  expect(table.others).toEqual(others);
  const { unsettled } = agent.engine;
  expect(unsettled?.record.id).toBe(model.unsettled?.id);
  expect(unsettled?.remainingMs).toBe(
    model.unsettled === undefined || model.unsettled.failed ? undefined : model.unsettled.deadlineMs - model.nowMs,
  );
  for (const { record } of agent.engine.list()) expect([record.id, record.state]).toEqual([record.id, model.history.get(record.id)]);
  expect(agent.engine.list()).toHaveLength(model.history.size);
  expect([...agent.engine.receipts.values()].map(({ owner }) => owner).sort()).toEqual([...model.owners.values()].sort());
}
