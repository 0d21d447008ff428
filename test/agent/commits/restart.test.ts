import { expect, it, vi } from 'vitest';
import { toError } from '../../../agent/commits/failure.js';
import { create, type Host, makeHost, nobody, remove, set, tableOf, useStoppedClock, writesOf } from './fixture.js';

useStoppedClock();

const change = [
  create('10.99.0.0/16 via 10.40.0.1 on Storage'),
  create('2001:db8:9::/48 via fe80::1%6', { metric: 3, validLifetimeSeconds: 600 }),
  set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 4 }),
  remove('10.41.0.0/16 via 10.40.0.1 on Storage'),
];
const stateOf = async (host: Host) => (await host.start()).engine.get({ id: 'a', requestId: '' }).record;

/** Commit "a" is pending, and the agent is gone without a word. */
async function killPending(): Promise<{ host: Host; before: Map<string, string> }> {
  const host = makeHost();
  const before = tableOf(host);
  const agent = await host.start();
  await agent.apply(change, { commitId: 'a', confirmWithinMs: 10_000 });
  vi.clearAllTimers();
  return { host, before };
}

it('undoes what the last agent left unconfirmed, before anything else', async () => {
  const { host, before } = await killPending();
  const record = await stateOf(host);
  expect(record).toMatchObject({ state: 'rolled-back', failure: { reason: 'AGENT_RESTARTED' } });
  expect(tableOf(host)).toEqual(before);
});

it('changes nothing at the start after that', async () => {
  const { host } = await killPending();
  const first = await stateOf(host);
  const writes = writesOf(host);
  expect(await stateOf(host)).toEqual(first);
  expect(writesOf(host)).toBe(writes);
});

it('takes away after a reboot what is still there, and does not put back what went with the old boot', async () => {
  const { host, before } = await killPending();
  const { engine } = await host.start({ boot: { id: 'second boot', uptimeSeconds: 1 } });
  expect(engine.get({ id: 'a', requestId: '' }).record).toMatchObject({ state: 'rolled-back', boot: { id: 'first boot' } });
  before.delete('10.41.0.0/16 10.40.0.1 6');
  expect(tableOf(host)).toEqual(before);
});

it('finds nothing to do after a reboot that emptied the table', async () => {
  const { host } = await killPending();
  for (const { destinationPrefix, nextHop, interfaceLuid, protocol } of host.control.routes()) {
    if (protocol === 3) host.control.deleteRoute({ destinationPrefix, nextHop, interfaceLuid });
  }
  const empty = tableOf(host);
  const writes = writesOf(host);
  const { engine } = await host.start({ boot: { id: 'second boot', uptimeSeconds: 1 } });
  expect(engine.get({ id: 'a', requestId: '' }).record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(empty);
  expect(writesOf(host)).toBe(writes);
});

it('keeps the fence over a restart while a rollback fails', async () => {
  const { host, before } = await killPending();
  host.control.fail('SetIpForwardEntry', { call: 'every', code: 5 });
  const agent = await host.start();
  expect(agent.engine.unsettled).toMatchObject({ record: { id: 'a', state: 'rollback-failed', failure: { reason: 'ROLLBACK_FAILED' } } });
  await expect(agent.apply([create('10.98.0.0/16 via 10.40.0.1 on Storage')])).rejects.toMatchObject({ reason: 'COMMIT_PENDING' });
  vi.clearAllTimers();
  const again = await host.start();
  expect(again.engine.unsettled).toMatchObject({ record: { state: 'rollback-failed' } });
  host.control.clearFaults();
  await vi.advanceTimersByTimeAsync(1000);
  await again.idle();
  expect(again.engine.unsettled).toBeUndefined();
  expect(tableOf(host)).toEqual(before);
});

it('remembers why a commit was being undone when the agent ended', async () => {
  const host = makeHost();
  const agent = await host.start();
  await agent.apply(change, { commitId: 'a', confirmWithinMs: 10_000 });
  // The last thing that reaches the disk is that the rollback begins.
  let writes = 0;
  host.files.fault = (call) => {
    if (call === 'write' && ++writes > 1) return new Promise<never>(() => {});
  };
  void agent.engine.cancel('a', { abandon: false }, { ...nobody, actor: 'bob' });
  await vi.waitUntil(() => writes > 1, { interval: 1 });
  host.files.fault = () => {};
  expect(await stateOf(host)).toMatchObject({ state: 'rolled-back', failure: { reason: 'COMMIT_CANCELLED' } });
});

it('writes nothing while its journal is damaged', async () => {
  const { host } = await killPending();
  const { journal } = await host.start();
  const damage = { reason: 'JOURNAL_DAMAGED', message: 'the journal is damaged', remedy: 'look' } as const;
  const check = () => Promise.reject(toError(damage));
  const damaged = await host.start({ journal: { ...journal, state: journal.state, damage, check, close: async () => {} } });
  await expect(damaged.apply(change)).rejects.toMatchObject(damage);
  expect(await damaged.engine.writeFailure()).toMatchObject(damage);
});
