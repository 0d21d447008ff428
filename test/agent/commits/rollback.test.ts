import { expect, it, vi } from 'vitest';
import type { Operation } from '../../../agent/commits/change.js';
import { operationResults } from '../../../agent/commits/operation-results.js';
import { type Agent, create, type Host, makeHost, nobody, remove, set, tableOf, useStoppedClock } from './fixture.js';

useStoppedClock();

const change = [
  create('10.99.0.0/16 via 10.40.0.1 on Storage'),
  set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 }),
  remove('10.41.0.0/16 via 10.40.0.1 on Storage'),
];
const created = { interfaceAlias: 'Storage', destinationPrefix: '10.99.0.0/16', nextHop: '10.40.0.1' };
const changed = { ...created, destinationPrefix: '10.42.0.0/16' };
const deleted = { ...created, destinationPrefix: '10.41.0.0/16' };

async function makePending(operations: readonly Operation[] = change): Promise<{ host: Host; agent: Agent; before: Map<string, string> }> {
  const host = makeHost();
  const before = tableOf(host);
  const agent = await host.start();
  await agent.apply(operations, { commitId: 'a', confirmWithinMs: 10_000 });
  return { host, agent, before };
}

const cancel = ({ engine }: Agent, abandon = false) => engine.cancel('a', { abandon }, nobody);
async function pass(agent: Agent, ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await agent.idle();
}

it('tries again what it could not undo, ever less often, and takes no write before', async () => {
  const { host, agent, before } = await makePending();
  host.control.fail('DeleteIpForwardEntry', { call: 'every', code: 5 });
  const { record } = await cancel(agent);
  expect(record).toMatchObject({
    state: 'rollback-failed',
    endTime: undefined,
    failure: { reason: 'ROLLBACK_FAILED', facts: { cause: 'ACCESS_DENIED' } },
  });
  // Not undone is not "rolled back".
  expect(operationResults(3, [], record).map((failure) => failure?.reason)).toEqual([
    'ROLLBACK_FAILED',
    'ROLLBACK_FAILED',
    'ROLLBACK_FAILED',
  ]);
  // What could be undone is.
  expect([...tableOf(host).keys()].filter((key) => !before.has(key))).toEqual(['10.99.0.0/16 10.40.0.1 6']);
  let attempts = host.control.calls('DeleteIpForwardEntry');
  for (const delayMs of [1000, 2000, 5000, 15_000, 60_000, 60_000]) {
    await pass(agent, delayMs - 1);
    expect(host.control.calls('DeleteIpForwardEntry')).toBe(attempts);
    await pass(agent, 1);
    attempts += 1;
    expect(host.control.calls('DeleteIpForwardEntry')).toBe(attempts);
    await expect(agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')])).rejects.toMatchObject({ reason: 'COMMIT_PENDING' });
    await expect(agent.engine.confirm('a', nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
    await expect(agent.engine.extend('a', 1000, nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
  }
  host.control.clearFaults();
  await pass(agent, 60_000);
  expect(tableOf(host)).toEqual(before);
  expect(agent.engine.get({ id: 'a', requestId: '' }).record).toMatchObject({
    state: 'rolled-back',
    failure: { reason: 'COMMIT_CANCELLED' },
  });
  await expect(agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')])).resolves.toMatchObject({
    commit: { record: { state: 'committed' } },
  });
});

it('tries again at once when it is cancelled again', async () => {
  const { host, agent, before } = await makePending();
  host.control.fail('DeleteIpForwardEntry', { call: 1, code: 5 });
  await cancel(agent);
  expect((await cancel(agent)).record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(before);
});

it('gives up only what fails, only when it is told to, and names it', async () => {
  const { host, agent, before } = await makePending();
  host.control.fail('DeleteIpForwardEntry', { call: 'every', code: 5 });
  expect((await cancel(agent, true)).record.state).toBe('rollback-failed');
  const { record } = await cancel(agent, true);
  expect(record.state).toBe('rolled-back');
  expect(record.failure?.message).toContain('1 rows were left as they are');
  expect(record.steps.map(({ kind, outcome }) => [kind, outcome.failure?.reason])).toEqual([
    ['create', 'ACCESS_DENIED'],
    ['set', undefined],
    ['delete', undefined],
  ]);
  before.set('10.99.0.0/16 10.40.0.1 6', tableOf(host).get('10.99.0.0/16 10.40.0.1 6') ?? '');
  expect(tableOf(host)).toEqual(new Map([...before].sort(([a], [b]) => (a < b ? -1 : 1))));
  expect(agent.engine.unsettled).toBeUndefined();
});

it('puts the rows back while the journal cannot be written, and is done when it can', async () => {
  const { host, agent, before } = await makePending();
  host.files.refuseWrites(true);
  const { record } = await cancel(agent);
  expect(record).toMatchObject({ state: 'rollback-failed', failure: { facts: { cause: 'JOURNAL_UNAVAILABLE' } } });
  // The history tells what is so, not what could be written down.
  expect(agent.engine.list()).toMatchObject([{ record }]);
  expect(agent.engine.get({ id: 'a', requestId: '' }).record).toEqual(record);
  expect(tableOf(host)).toEqual(before);
  host.files.refuseWrites(false);
  await pass(agent, 1000);
  expect(agent.engine.unsettled).toBeUndefined();
  expect(agent.journal.state.commits.get('a')?.state).toBe('rolled-back');
});

it.each<[string, (host: Host) => void, number]>([
  ['changed what was created', ({ control }) => control.setRoute({ ...created, metric: 77 }), 0],
  ['changed what was changed', ({ control }) => control.setRoute({ ...changed, metric: 77 }), 1],
  ['deleted what was changed', ({ control }) => control.deleteRoute(changed), 1],
  ['created what was deleted, otherwise', ({ control }) => control.addRoute({ ...deleted, metric: 77 }), 2],
])('leaves a row as it is that another program %s, and tells of it', async (_what, edit, index) => {
  const { host, agent, before } = await makePending();
  edit(host);
  const left = tableOf(host);
  const { record } = await cancel(agent);
  const key = ['10.99.0.0/16 10.40.0.1 6', '10.42.0.0/16 10.40.0.1 6', '10.41.0.0/16 10.40.0.1 6'][index] ?? '';
  expect(tableOf(host).get(key)).toBe(left.get(key));
  expect([...tableOf(host)].filter(([name]) => name !== key)).toEqual([...before].filter(([name]) => name !== key));
  expect(record).toMatchObject({ state: 'rolled-back', failure: { reason: 'COMMIT_CANCELLED' } });
  expect(record.failure?.message).toContain('1 rows were left as they are, see the steps');
  expect(record.steps.map(({ outcome }) => outcome.failure?.reason)).toEqual(
    [0, 1, 2].map((each) => (each === index ? 'FOREIGN_CHANGE' : undefined)),
  );
});

it.each<[string, (host: Host) => void]>([
  ['deleted what was created', ({ control }) => control.deleteRoute(created)],
  ['put back what was changed', ({ control }) => control.setRoute({ ...changed, metric: 10 })],
  ['put back what was deleted', ({ control }) => control.addRoute(deleted)],
])('has nothing to tell of where another program %s', async (_what, edit) => {
  const { host, agent, before } = await makePending();
  edit(host);
  const { record } = await cancel(agent);
  expect(tableOf(host)).toEqual(before);
  expect(record.steps.every(({ outcome }) => outcome.failure === undefined)).toBe(true);
});

it.each<[string, (host: Host) => void, string]>([
  ['creates the very row', ({ control }) => control.addRoute(created), 'ROUTE_EXISTS'],
  ['deletes the row to delete', ({ control }) => control.deleteRoute(deleted), 'ROUTE_NOT_FOUND'],
  ['deletes the row to change', ({ control }) => control.deleteRoute(changed), 'ROUTE_NOT_FOUND'],
])('touches no row that it did not write: another program %s between plan and write', async (_what, edit, reason) => {
  const host = makeHost();
  const agent = await host.start();
  let foreign = new Map<string, string>();
  const onPlanned = (): void => {
    edit(host);
    foreign = tableOf(host);
  };
  const { commit } = await agent.apply(change, {}, { onPlanned });
  expect(commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason } });
  expect(tableOf(host)).toEqual(foreign);
});

it('says of a row that was not attempted nothing else', async () => {
  const host = makeHost();
  const agent = await host.start();
  host.control.fail('CreateIpForwardEntry', { call: 1, code: 5 });
  const onPlanned = (): void => host.control.setRoute({ ...changed, metric: 77 });
  const { commit } = await agent.apply(change, {}, { onPlanned });
  expect(commit?.record.steps.map(({ outcome }) => outcome.failure?.reason)).toEqual(['ACCESS_DENIED', 'NOT_ATTEMPTED', 'NOT_ATTEMPTED']);
  expect(commit?.record.failure?.message).not.toContain('left');
});

it.each([
  ['longer', 6000],
  ['shorter', 60],
  ['endless', Number.POSITIVE_INFINITY],
])('gives a row its lifetime back that was made %s', async (_what, validLifetimeSeconds) => {
  const host = makeHost();
  host.control.addRoute({ ...created, validLifetime: 600, preferredLifetime: 600, immortal: false });
  const before = tableOf(host);
  const agent = await host.start();
  const lifetimes = Number.isFinite(validLifetimeSeconds) ? { validLifetimeSeconds } : { publish: true };
  await agent.apply([set('10.99.0.0/16 via 10.40.0.1 on Storage', lifetimes)], { commitId: 'a', confirmWithinMs: 10_000 });
  expect(tableOf(host)).not.toEqual(before);
  expect((await cancel(agent)).record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(before);
});

it('tells of rows that their interface took along', async () => {
  const { host, agent } = await makePending();
  host.control.removeInterface('Storage');
  const { record } = await cancel(agent);
  expect(record).toMatchObject({ state: 'rolled-back' });
  expect(record.steps.map(({ outcome }) => outcome.failure?.reason)).toEqual([undefined, 'INTERFACE_NOT_FOUND', 'INTERFACE_NOT_FOUND']);
});

it('puts a row back on its interface when that came back with another index', async () => {
  const host = makeHost();
  const agent = await host.start();
  host.control.addRoute({ ...created, metric: 6 });
  await agent.apply([remove('10.99.0.0/16 via 10.40.0.1 on Storage')], { commitId: 'a', confirmWithinMs: 10_000 });
  const { profile } = host.control.interface('Storage');
  host.control.removeInterface('Storage');
  host.control.addInterface({ ...profile, index: 66 });
  expect((await cancel(agent)).record).toMatchObject({ state: 'rolled-back', steps: [{ outcome: { failure: undefined } }] });
  expect(JSON.parse(tableOf(host).get('10.99.0.0/16 10.40.0.1 66') ?? '{}')).toMatchObject({ metric: 6 });
});

it('does not take a conversion that fails for an interface that is gone', async () => {
  const { host, agent, before } = await makePending();
  host.control.fail('ConvertInterfaceLuidToIndex', { call: 'every', code: 8 });
  expect((await cancel(agent)).record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(before);
});

it('undoes on a host that has only the classic functions', async () => {
  const host = makeHost({ profile: 'legacy' });
  const before = tableOf(host);
  const agent = await host.start();
  // It cannot find an interface by any name; a row that is there has its own.
  const { commit } = await agent.apply([remove('0.0.0.0/0 via 10.70.0.1')], { commitId: 'a', confirmWithinMs: 10_000 });
  expect(commit?.record.state).toBe('pending');
  expect(tableOf(host)).not.toEqual(before);
  expect((await cancel(agent)).record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(before);
});
