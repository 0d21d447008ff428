import { expect, it, vi } from 'vitest';
import type { CommitOptions } from '../../../agent/commits/change.js';
import type { RouteTableError } from '../../../agent/routes/errors.js';
import { type Agent, create, type Host, makeHost, nobody, remove, set, tableOf, useStoppedClock, writesOf } from './fixture.js';

useStoppedClock();

const change = [
  create('10.99.0.0/16 via 10.40.0.1 on Storage'),
  set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 }),
  remove('10.41.0.0/16 via 10.40.0.1 on Storage'),
];

interface Pending {
  readonly host: Host;
  readonly agent: Agent;
  readonly before: Map<string, string>;
  readonly after: Map<string, string>;
}

/** Commit "a" waits 10 s for its confirmation. */
async function makePending(options: Partial<CommitOptions> = {}): Promise<Pending> {
  const host = makeHost();
  const before = tableOf(host);
  const agent = await host.start();
  const { commit } = await agent.apply(change, { commitId: 'a', confirmWithinMs: 10_000, ...options });
  expect(commit).toMatchObject({ record: { state: 'pending', endTime: undefined }, remainingMs: 10_000 });
  return { host, agent, before, after: tableOf(host) };
}

async function pass(agent: Agent, ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await agent.idle();
}

const stateOf = ({ engine }: Agent, id = 'a') => engine.get({ id, requestId: '' }).record.state;

it('stands when it is confirmed in time', async () => {
  const { host, agent, after } = await makePending();
  await pass(agent, 9999);
  expect(agent.engine.unsettled?.remainingMs).toBe(1);
  const { record, remainingMs } = await agent.engine.confirm('a', nobody);
  expect({ state: record.state, ended: record.endTime !== undefined, remainingMs }).toEqual({
    state: 'committed',
    ended: true,
    remainingMs: undefined,
  });
  await pass(agent, 20_000);
  expect(tableOf(host)).toEqual(after);
  expect(stateOf(agent)).toBe('committed');
});

it('is undone when nobody confirms it', async () => {
  const { host, agent, before } = await makePending();
  await pass(agent, 10_000);
  expect(tableOf(host)).toEqual(before);
  expect(agent.engine.get({ id: 'a', requestId: '' })).toMatchObject({
    record: { state: 'rolled-back', failure: { reason: 'NOT_CONFIRMED' }, endTime: expect.any(Date) },
    remainingMs: undefined,
  });
  expect(agent.engine.unsettled).toBeUndefined();
  await expect(agent.engine.confirm('a', nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
});

it('is undone also when the timer of Node.js fires a little early', async () => {
  const { host, agent, before } = await makePending();
  // https://github.com/nodejs/node/issues/26578
  const now = vi.spyOn(performance, 'now');
  const real = performance.now();
  now.mockReturnValue(real + 9999.4);
  await pass(agent, 10_000);
  now.mockReturnValue(real + 10_000.4);
  await pass(agent, 2);
  now.mockRestore();
  expect(tableOf(host)).toEqual(before);
  expect(stateOf(agent)).toBe('rolled-back');
});

it('cannot be confirmed at its deadline or after it, even when the timer did not come to it', async () => {
  const { host, agent, before } = await makePending();
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  await expect(agent.engine.confirm('a', nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
  now.mockRestore();
  expect(tableOf(host)).toEqual(before);
  expect(stateOf(agent)).toBe('rolled-back');
});

it('is confirmed once', async () => {
  const { agent } = await makePending();
  const [first, second] = await Promise.allSettled([agent.engine.confirm('a', nobody), agent.engine.confirm('a', nobody)]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ reason: { reason: 'COMMIT_NOT_PENDING' } });
  await expect(agent.engine.cancel('a', { abandon: false }, nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
});

it.each(['confirm', 'cancel', 'extend'] as const)('%s names the commit that is pending when another one is meant', async (method) => {
  const { host, agent, after } = await makePending();
  const { engine } = agent;
  const call = {
    confirm: () => engine.confirm('b', nobody),
    cancel: () => engine.cancel('b', { abandon: true }, nobody),
    extend: () => engine.extend('b', 5, nobody),
  };
  await expect(call[method]()).rejects.toMatchObject({ reason: 'COMMIT_ID_MISMATCH', facts: { commit_id: 'a' } });
  expect(tableOf(host)).toEqual(after);
  expect(stateOf(agent)).toBe('pending');
});

it('is undone when it is cancelled, and tells by whom', async () => {
  const { host, agent, before } = await makePending();
  const { record } = await agent.engine.cancel('a', { abandon: false }, { ...nobody, actor: 'bob' });
  expect(record).toMatchObject({
    state: 'rolled-back',
    failure: { reason: 'COMMIT_CANCELLED', message: 'the commit was cancelled by bob' },
  });
  expect(tableOf(host)).toEqual(before);
});

it('gets its time anew when it is extended', async () => {
  const { host, agent, after, before } = await makePending();
  await pass(agent, 9000);
  expect(await agent.engine.extend('a', 5000, nobody)).toMatchObject({ remainingMs: 5000, record: { state: 'pending' } });
  await pass(agent, 4999);
  expect(tableOf(host)).toEqual(after);
  await pass(agent, 1);
  expect(tableOf(host)).toEqual(before);
});

it('can be given less time', async () => {
  const { host, agent, before } = await makePending();
  await agent.engine.extend('a', 10, nobody);
  await pass(agent, 10);
  expect(tableOf(host)).toEqual(before);
});

it('outlives its old deadline when the extension comes first, and not when the deadline does', async () => {
  const { agent } = await makePending();
  await vi.advanceTimersByTimeAsync(9999);
  const extended = agent.engine.extend('a', 10_000, nobody);
  await pass(agent, 1);
  await expect(extended).resolves.toMatchObject({ record: { state: 'pending' } });
  expect(stateOf(agent)).toBe('pending');

  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10_000);
  await expect(agent.engine.extend('a', 10_000, nobody)).rejects.toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
  now.mockRestore();
  expect(stateOf(agent)).toBe('rolled-back');
});

it('wants a connection that was opened after the apply, where that is required', async () => {
  const { agent } = await makePending({ requireFreshConnection: true });
  const appliedAt = performance.now();
  await vi.advanceTimersByTimeAsync(100);
  for (const connectedAt of [undefined, 0, appliedAt]) {
    await expect(agent.engine.confirm('a', { ...nobody, connectedAt })).rejects.toMatchObject({ reason: 'FRESH_CONNECTION_REQUIRED' });
  }
  await agent.engine.extend('a', 10_000, nobody);
  await expect(agent.engine.confirm('a', { ...nobody, connectedAt: appliedAt + 0.1 })).resolves.toMatchObject({
    record: { state: 'committed' },
  });
});

it('refuses every other write meanwhile, and tells for how long', async () => {
  const { host, agent } = await makePending();
  const writes = writesOf(host);
  await pass(agent, 2500);
  await expect(agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')])).rejects.toMatchObject({
    reason: 'COMMIT_PENDING',
    facts: { commit_id: 'a', remaining_seconds: '8' },
  });
  await expect(agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')], { validateOnly: true })).resolves.toMatchObject({
    commit: undefined,
  });
  expect(writesOf(host)).toBe(writes);
});

it('stays pending when the confirmation cannot be written down', async () => {
  const { host, agent, before } = await makePending();
  host.files.refuseWrites(true);
  await expect(agent.engine.confirm('a', nobody)).rejects.toMatchObject({ reason: 'JOURNAL_UNAVAILABLE' });
  expect(agent.engine.unsettled).toMatchObject({ record: { state: 'pending' }, remainingMs: 10_000 });
  host.files.refuseWrites(false);
  await pass(agent, 10_000);
  expect(tableOf(host)).toEqual(before);
});

it('is undone when the agent stops', async () => {
  const { host, agent, before } = await makePending();
  await agent.engine.close();
  expect(tableOf(host)).toEqual(before);
  await expect(agent.apply(change)).rejects.toMatchObject({ reason: 'AGENT_STOPPING' });
  expect(stateOf(await host.start())).toBe('rolled-back');
});

it('answers a repeated request with the commit that it made, whatever became of it', async () => {
  const { host, agent } = await makePending({ requestId: 'r' });
  const writes = writesOf(host);
  const again = () => agent.apply(change, { requestId: 'r', commitId: 'a', confirmWithinMs: 10_000 });
  expect(await again()).toMatchObject({ plan: undefined, commit: { record: { id: 'a', state: 'pending' }, remainingMs: 10_000 } });
  expect(writesOf(host)).toBe(writes);
  await expect(agent.apply(change, { requestId: 'r', contentHash: 'other' })).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });
  await agent.engine.cancel('a', { abandon: false }, nobody);
  expect(await again()).toMatchObject({ commit: { record: { id: 'a', state: 'rolled-back' } } });
  const restarted = await host.start();
  expect(await restarted.apply(change, { requestId: 'r' })).toMatchObject({ commit: { record: { id: 'a' } } });
  expect(restarted.engine.get({ id: '', requestId: 'r' }).record.id).toBe('a');
});

it('has an id that is not used again', async () => {
  const { agent } = await makePending();
  await agent.engine.confirm('a', nobody);
  const operations = [create('10.98.0.0/16 via 10.40.0.1 on Storage')];
  await expect(agent.apply(operations, { commitId: 'a' })).rejects.toMatchObject({ reason: 'COMMIT_EXISTS' });
  await expect(agent.apply(operations, { commitId: 'b' })).resolves.toMatchObject({ commit: { record: { id: 'b' } } });
  expect(agent.engine.list().map(({ record }) => record.id)).toEqual(['b', 'a']);
});

it('is answered for at once while a change is carried out, unless it is that change', async () => {
  const host = makeHost();
  const agent = await host.start();
  await agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')], { commitId: 'before' });
  const answers: string[] = [];
  const ask = (id: string): void =>
    void agent.engine.confirm(id, nobody).then(
      ({ record }) => answers.push(`${id}: ${record.state}`),
      (error: RouteTableError) => answers.push(`${id}: ${error.reason}`),
    );
  const onProgress = async (): Promise<void> => {
    for (const id of ['unknown', 'before', 'now']) ask(id);
    await new Promise(setImmediate);
  };
  const { commit } = await agent.apply(
    [create('10.99.0.0/16 via 10.40.0.1 on Storage')],
    { commitId: 'now', confirmWithinMs: 1000 },
    { onProgress },
  );
  expect(commit?.record.state).toBe('pending');
  expect(answers).toEqual(['unknown: COMMIT_NOT_PENDING', 'before: COMMIT_NOT_PENDING']);
  await expect.poll(() => answers.at(-1)).toBe('now: committed');
});
