import fc from 'fast-check';
import { expect, vi } from 'vitest';
import type { Applied } from '../../../agent/commits/engine-options.js';
import { RouteTableError } from '../../../agent/routes/errors.js';
import { type AskedChange, changeOf, changes, editOf, faults, type Members, metric, rowsAfter, slot } from './arbitraries.js';
import { nobody } from './fixture.js';
import { compare, type Model, note, noteHalfUndone, pass, type Real, rollBack } from './model.js';
import { die } from './mortal.js';

type Command = fc.AsyncCommand<Model, Real>;

/** A step of both; afterwards they must agree. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      compare(model, real);
    },
    toString: () => name,
  };
}

const told = (value: unknown): string => JSON.stringify(value);

/** Where a native call or a call of the journal's disk fails; undefined: nowhere. */
type Trouble = {
  native: { functionName: Parameters<Real['host']['control']['fail']>[0]; call: number; code: number } | undefined;
  diskWrite: number | undefined;
};

async function inTrouble<Result>(
  { host }: Real,
  { native, diskWrite }: Trouble,
  run: () => Promise<Result>,
): Promise<Result | RouteTableError> {
  if (native !== undefined) host.control.fail(native.functionName, native);
  let writes = 0;
  host.files.fault = (call) => {
    if ((call === 'write' || call === 'sync') && ++writes === diskWrite) throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
  };
  try {
    return await run();
  } catch (error) {
    if (error instanceof RouteTableError) return error;
    throw error;
  } finally {
    host.control.clearFaults();
    host.files.fault = () => {};
  }
}

function apply(change: AskedChange, confirmWithinMs: number | undefined, trouble: Trouble): Command {
  const troubled = trouble.native !== undefined || trouble.diskWrite !== undefined;
  return command(`apply(${told({ ...change, confirmWithinMs, trouble })})`, async (model, real) => {
    real.commits += 1;
    const id = `commit ${real.commits}`;
    const run = (): Promise<Applied> =>
      real.agent.apply(changeOf(change), { commitId: id, confirmWithinMs, requestId: id, contentHash: told(change) });
    if (model.unsettled !== undefined) {
      await expect(run()).rejects.toMatchObject({ reason: 'COMMIT_PENDING', facts: { commit_id: model.unsettled.id } });
      return;
    }
    const applied = await inTrouble(real, trouble, run);
    if (applied instanceof RouteTableError) {
      if (!troubled) expect(rowsAfter(change, model.rows, model.owners)).toBeUndefined();
      return;
    }
    const { commit } = applied;
    if (commit === undefined) {
      expect(rowsAfter(change, model.rows, model.owners)).toEqual(model.rows);
      return;
    }
    if (!troubled) expect(commit.record.state).toBe(confirmWithinMs === undefined ? 'committed' : 'pending');
    note(model, real, change, id, commit.record, confirmWithinMs);
    // The same request again writes nothing.
    expect(await run()).toMatchObject({ plan: undefined, commit: { record: { id, state: commit.record.state } } });
  });
}

const reasonOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: RouteTableError) => error.reason,
  );

function confirm(right: boolean): Command {
  return command(`confirm(${right})`, async (model, { agent }) => {
    const { unsettled } = model;
    const reason = await reasonOf(agent.engine.confirm(right ? (unsettled?.id ?? 'none') : 'wrong', nobody));
    if (unsettled === undefined) expect(reason).toBe('COMMIT_NOT_PENDING');
    else if (!right) expect(reason).toBe('COMMIT_ID_MISMATCH');
    else if (unsettled.failed) expect(reason).toBe('COMMIT_NOT_PENDING');
    else {
      expect(reason).toBe('done');
      model.history.set(unsettled.id, 'committed');
      model.unsettled = undefined;
    }
  });
}

function extend(ms: number): Command {
  return command(`extend(${ms})`, async (model, { agent }) => {
    const { unsettled } = model;
    const reason = await reasonOf(agent.engine.extend(unsettled?.id ?? 'none', ms, nobody));
    const waits = unsettled !== undefined && !unsettled.failed;
    expect(reason).toBe(waits ? 'done' : 'COMMIT_NOT_PENDING');
    if (waits) model.unsettled = { ...unsettled, deadlineMs: model.nowMs + ms };
  });
}

function cancel(trouble: Trouble): Command {
  return command(`cancel(${told(trouble)})`, async (model, real) => {
    const { unsettled } = model;
    if (unsettled === undefined)
      return expect(await reasonOf(real.agent.engine.cancel('none', { abandon: true }, nobody))).toBe('COMMIT_NOT_PENDING');
    const view = await inTrouble(real, trouble, () => real.agent.engine.cancel(unsettled.id, { abandon: false }, nobody));
    if (view instanceof RouteTableError) throw view;
    if (view.record.state === 'rolled-back') rollBack(model);
    else {
      expect(trouble).not.toEqual({ native: undefined, diskWrite: undefined });
      noteHalfUndone(model, real, unsettled);
      // It is tried again after a second, or later when it failed before.
      await pass({ ...model, unsettled: undefined }, real, 60_000);
      model.nowMs += 60_000;
      rollBack(model);
    }
  });
}

function foreignEdit(text: string, members: Members, kind: 'put' | 'delete'): Command {
  return command(`foreign(${kind} ${text} ${told(members)})`, async (model, { host }) => {
    const rows = new Map(model.rows);
    const there = rows.has(text);
    if (kind === 'delete') {
      if (there) host.control.deleteRoute(editOf(text));
      rows.delete(text);
    } else {
      if (there) host.control.setRoute({ ...editOf(text), ...members });
      else host.control.addRoute({ ...editOf(text), ...members });
      rows.set(text, members);
    }
    model.rows = rows;
  });
}

/** The agent ends, in order or not, and another one starts; maybe after a reboot, which the rows survive or do not. */
function restart(how: 'closed' | 'killed' | 'rebooted' | 'rebooted, rows lost'): Command {
  return command(`restart(${how})`, async (model, real) => {
    if (how === 'closed') await real.agent.engine.close();
    vi.clearAllTimers();
    const rebooted = how.startsWith('rebooted');
    if (rebooted) real.boots += 1;
    if (how === 'rebooted, rows lost') {
      for (const text of model.rows.keys()) real.host.control.deleteRoute(editOf(text));
      model.rows = new Map();
    }
    real.agent = await real.host.start({ boot: { id: `boot ${real.boots}`, uptimeSeconds: 1 } });
    rollBack(model, { rebooted });
  });
}

/** The agent is killed at any call of its in the middle of an apply. */
function killedApply(change: AskedChange, confirmWithinMs: number | undefined, atCall: number): Command {
  return command(`killed(${told({ ...change, confirmWithinMs, atCall })})`, async (model, real) => {
    if (model.unsettled !== undefined) return;
    real.commits += 1;
    const id = `commit ${real.commits}`;
    await real.agent.engine.close();
    const boot = { id: `boot ${real.boots}`, uptimeSeconds: 1 };
    await die(real.host, atCall, { boot }, (agent) => agent.apply(changeOf(change), { commitId: id, confirmWithinMs }));
    vi.clearAllTimers();
    real.agent = await real.host.start({ boot });
    const record = real.agent.journal.state.commits.get(id);
    if (record === undefined) return;
    expect(['committed', 'rolled-back']).toContain(record.state);
    note(model, real, change, id, record, undefined);
  });
}

const confirmWithin = fc.option(fc.constantFrom(500, 5000), { nil: undefined });
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ native: undefined, diskWrite: undefined }) },
  { weight: 2, arbitrary: fc.record({ native: faults, diskWrite: fc.constant(undefined) }) },
  { weight: 1, arbitrary: fc.record({ native: fc.constant(undefined), diskWrite: fc.integer({ min: 1, max: 6 }) }) },
);
/** Lenient ones, so that most are not refused. */
const likely = changes.map((change) => ({ ...change, asked: change.asked.map((each) => ({ ...each, lenient: true })) }));
const anyChange = fc.oneof(changes, likely);

/** Commands of every kind. */
export const commands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc.tuple(anyChange, confirmWithin, trouble).map(([change, ms, what]) => apply(change, ms, what)),
    fc
      .tuple(anyChange, fc.constant(5000), fc.constant({ native: undefined, diskWrite: undefined }))
      .map(([change, ms, what]) => apply(change, ms, what)),
    fc.tuple(anyChange, confirmWithin, fc.integer({ min: 1, max: 40 })).map(([change, ms, atCall]) => killedApply(change, ms, atCall)),
    fc.constantFrom(true, true, false).map(confirm),
    fc.constantFrom(1, 3000).map(extend),
    trouble.map(cancel),
    fc.constantFrom(1, 499, 1000, 5000).map((ms) => command(`pass(${ms})`, (model, real) => pass(model, real, ms))),
    fc
      .tuple(slot, fc.record({ metric, publish: fc.boolean() }), fc.constantFrom('put', 'put', 'delete'))
      .map((edit) => foreignEdit(...edit)),
    fc.constantFrom('closed', 'killed', 'rebooted', 'rebooted, rows lost').map(restart),
  ],
  { maxCommands: 25, size: 'max' },
);
