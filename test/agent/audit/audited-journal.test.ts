import { rm } from 'node:fs/promises';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AuditMode } from '../../../agent/audit/audit.js';
import { createAuditedJournal } from '../../../agent/audit/audited-journal.js';
import type { FileAuditLog } from '../../../agent/audit/file-audit-log.js';
import { openJournal } from '../../../agent/commits/journal/open-journal.js';
import { createTemporaryDirectory } from '../../support/temporary.js';
import { type Agent, create, makeHost, nobody, remove, set, tableOf, writesOf } from '../commits/fixture.js';
import { journalDirectory } from '../commits/memory-files.js';
import { entriesOf, makeSmallDisk, openLog, verifyWritten } from './fixture.js';

const ours = create('10.99.0.0/16 via 10.40.0.1 on Storage');

let directory: string;
let audit: FileAuditLog;
beforeEach(async () => {
  directory = await createTemporaryDirectory('audit');
});
afterEach(async () => {
  await audit.close();
  await rm(directory, { recursive: true });
});

/** An agent whose journal has room, and whose audit log is on a small disk. */
async function startOn(mode: AuditMode, now: () => number = Date.now) {
  const host = makeHost();
  const disk = makeSmallDisk();
  audit = openLog(directory, { files: disk.files, now });
  const whole = await openJournal({ directory: journalDirectory, files: host.files });
  const journal = createAuditedJournal(whole, audit, mode, pino({ level: 'silent' }));
  return { host, disk, agent: await host.start({ journal }), journal };
}

function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    ({ reason }) => reason,
  );
}

const stateOf = ({ engine }: Agent, id: string) => engine.get({ id, requestId: '' }).record.state;

/** What the log says of commits, after everything that was told is written. */
async function commitsTold(): Promise<Record<string, unknown>[]> {
  await audit.close();
  expect(await verifyWritten(directory)).not.toHaveProperty('what');
  const entries = (await entriesOf(directory)).filter(({ type }) => type === 'commit');
  return entries.map(({ seq: _seq, time: _time, previous: _previous, hash: _hash, type: _type, ...facts }) => facts);
}

it('tells of a commit and its end: who, what before and what after', async () => {
  const { agent } = await startOn('required');
  const rows = [
    create('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 7, persistent: true }),
    set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 }),
    remove('10.41.0.0/16 via 10.40.0.1 on Storage'),
  ];
  await agent.apply({ operations: rows, owner: 'team-net' }, { commitId: 'a', comment: 'x'.repeat(300) });
  const [begun, ended] = await commitsTold();
  expect(begun).toMatchObject({
    id: 'a',
    actor: 'alice',
    owner: 'team-net',
    comment: `${'x'.repeat(256)}…`,
    state: 'applying',
    moreSteps: 0,
  });
  const steps = begun?.steps as { readonly row: string; readonly kind: string; readonly before?: object; readonly after?: object }[];
  const step = (prefix: string) => steps.find(({ row }) => row.startsWith(prefix));
  expect(step('10.99.0.0/16')).toEqual({
    kind: 'create',
    row: expect.stringMatching(/^10\.99\.0\.0\/16 via 10\.40\.0\.1 on interface \d+$/),
    after: { metric: 7, owner: 'team-net', persistent: true },
  });
  expect(step('10.42.0.0/16')).toMatchObject({
    kind: 'set',
    before: { metric: expect.any(Number) },
    after: { metric: 4, owner: 'team-net' },
  });
  expect(step('10.41.0.0/16')).toMatchObject({ kind: 'delete', before: { metric: expect.any(Number) } });
  expect(step('10.41.0.0/16')).not.toHaveProperty('after');
  expect(ended).toEqual({ id: 'a', state: 'committed' });
});

it('counts the steps of a large commit beyond 200', async () => {
  const { agent } = await startOn('required');
  const rows = Array.from({ length: 250 }, (_, index) => create(`10.99.${index}.0/24 via 10.40.0.1 on Storage`));
  await agent.apply(rows, { commitId: 'a' });
  const [begun] = await commitsTold();
  expect(begun).toMatchObject({ steps: { length: 200 }, moreSteps: 50 });
});

it('on a full disk no commit begins and no row is touched, and what stands can be confirmed', async () => {
  const { agent, disk, host, journal } = await startOn('required');
  await agent.apply([ours], { commitId: 'a', confirmWithinMs: 60_000 });
  const before = tableOf(host);
  const writes = writesOf(host);
  disk.isFull = true;
  await agent.engine.confirm('a', nobody);
  expect(stateOf(agent, 'a')).toBe('committed');
  expect(await reasonOf(agent.apply([set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 })], { commitId: 'b' }))).toBe(
    'AUDIT_UNAVAILABLE',
  );
  expect(await reasonOf(journal.check())).toBe('AUDIT_UNAVAILABLE');
  expect(await agent.engine.writeFailure()).toMatchObject({ reason: 'AUDIT_UNAVAILABLE', facts: { code: 'ENOSPC' } });
  expect([tableOf(host), writesOf(host)]).toEqual([before, writes]);
  expect(journal.state.commits.has('b')).toBe(false);
  const table = await agent.observer.table.list();
  expect((await table.routes()).length).toBe(before.size);
});

it('on a full disk an unconfirmed commit is undone all the same', async () => {
  const { agent, disk, host } = await startOn('required');
  const before = tableOf(host);
  await agent.apply([ours], { commitId: 'a', confirmWithinMs: 60_000 });
  disk.isFull = true;
  await agent.engine.cancel('a', { abandon: false }, nobody);
  expect([stateOf(agent, 'a'), tableOf(host)]).toEqual(['rolled-back', before]);
});

it('takes writes again as soon as there is room, and tells how many entries are missing', async () => {
  let now = 0;
  const { agent, disk } = await startOn('required', () => now);
  await agent.apply([ours], { commitId: 'a', confirmWithinMs: 60_000 });
  disk.isFull = true;
  await agent.engine.confirm('a', nobody);
  expect(await reasonOf(agent.apply([remove('10.99.0.0/16 via 10.40.0.1 on Storage')], { commitId: 'b' }))).toBe('AUDIT_UNAVAILABLE');
  disk.isFull = false;
  now = 1000;
  expect(await agent.engine.writeFailure()).toBeUndefined();
  expect(await reasonOf(agent.apply([remove('10.99.0.0/16 via 10.40.0.1 on Storage')], { commitId: 'c' }))).toBe('done');
  expect((await commitsTold()).map(({ id, state }) => `${id} ${state}`)).toEqual(['a applying', 'a pending', 'c applying', 'c committed']);
  expect((await entriesOf(directory)).find(({ type }) => type === 'lost')).toMatchObject({ entries: 2, cause: 'ENOSPC' });
});

it('with best effort, a full disk stops nothing', async () => {
  const { agent, disk } = await startOn('best-effort');
  disk.isFull = true;
  expect(await reasonOf(agent.apply([ours], { commitId: 'a' }))).toBe('done');
  expect(await agent.engine.writeFailure()).toBeUndefined();
});

it('does not speak of a commit that cannot be journaled', async () => {
  const { agent, host } = await startOn('required');
  await agent.apply([ours], { commitId: 'a' });
  host.files.refuseWrites(true);
  const change = [set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 })];
  expect(await reasonOf(agent.apply(change, { commitId: 'b' }))).toBe('JOURNAL_UNAVAILABLE');
  expect(await reasonOf(agent.apply(change, { commitId: 'c' }))).toBe('JOURNAL_UNAVAILABLE');
  const told = (await commitsTold()).map(({ id, state, journal }) => `${id} ${state} ${journal ?? ''}`);
  // The journal knows only after the first failure.
  expect(told).toEqual(['a applying ', 'a committed ', 'b applying ', 'b not-begun JOURNAL_UNAVAILABLE']);
});

it('tells of an undoing that could not be journaled', async () => {
  const { agent, host } = await startOn('required');
  await agent.apply([ours], { commitId: 'a', confirmWithinMs: 60_000 });
  host.files.refuseWrites(true);
  await agent.engine.cancel('a', { abandon: false }, nobody);
  host.files.refuseWrites(false);
  const [, , ...undoing] = await commitsTold();
  expect(undoing[0]).toMatchObject({
    id: 'a',
    state: 'rolling-back',
    failure: { reason: 'COMMIT_CANCELLED' },
    journal: 'JOURNAL_UNAVAILABLE',
  });
});
