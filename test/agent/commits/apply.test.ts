import { expect, it } from 'vitest';
import type { Atomicity } from '../../../agent/commits/commit.js';
import type { Applied } from '../../../agent/commits/engine-options.js';
import { operationResults } from '../../../agent/commits/operation-results.js';
import type { Probe } from '../../../agent/commits/probes/probe.js';
import { RouteTableError } from '../../../agent/routes/errors.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { parseAddress } from '../../../proto/address.js';
import { warningsDuring } from '../../support/warnings.js';
import { create, makeHost, remove, set, tableOf, useStoppedClock, writesOf } from './fixture.js';

useStoppedClock();

const four = [1, 2, 3, 4].map((number) => create(`10.10${number}.0.0/16 via 10.40.0.1 on Storage`));
const gone = new RouteTableError('CANCELLED', 'the caller is gone', { remedy: '' });
/** "-": success. */
const resultsOf = (count: number, { plan, commit }: Applied): string[] =>
  operationResults(count, plan?.refused ?? [], commit?.record).map((failure) => failure?.reason ?? '-');

it.each<Atomicity>(['all-or-nothing', 'continue-on-error'])(
  'undoes everything when it is called off in its middle: %s',
  async (atomicity) => {
    const host = makeHost();
    const agent = await host.start();
    const before = tableOf(host);
    const caller = new AbortController();
    const applied = await agent.apply(
      { operations: four, atomicity },
      { commitId: 'a' },
      {
        signal: caller.signal,
        onProgress: (done) => done === 2 && caller.abort(gone),
      },
    );
    expect(applied.commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason: 'CANCELLED' } });
    expect(resultsOf(4, applied)).toEqual(['ROLLED_BACK', 'ROLLED_BACK', 'NOT_ATTEMPTED', 'NOT_ATTEMPTED']);
    expect(tableOf(host)).toEqual(before);
    expect(host.control.calls('CreateIpForwardEntry')).toBe(2);
  },
);

it('writes nothing when it is called off before its turn', async () => {
  const host = makeHost();
  const agent = await host.start();
  const caller = new AbortController();
  const first = agent.apply(four.slice(0, 1));
  const second = agent.apply(four.slice(1), {}, { signal: caller.signal });
  caller.abort(gone);
  await expect(second).rejects.toBe(gone);
  await first;
  expect(host.control.calls('CreateIpForwardEntry')).toBe(1);
});

it('is undone when whoever follows it fails', async () => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  const onProgress = (): void => {
    throw new Error('the stream is closed');
  };
  const { commit } = await agent.apply(four, {}, { onProgress });
  expect(commit?.record.state).toBe('rolled-back');
  expect(tableOf(host)).toEqual(before);
  expect(agent.engine.unsettled).toBeUndefined();
});

it('stops at the first failure, and tells of every operation', async () => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  host.control.fail('CreateIpForwardEntry', { call: 3, code: 1450 });
  const applied = await agent.apply(four);
  expect(resultsOf(4, applied)).toEqual(['ROLLED_BACK', 'ROLLED_BACK', 'WIN32_ERROR', 'NOT_ATTEMPTED']);
  expect(applied.commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason: 'WIN32_ERROR', facts: { win32_code: '1450' } } });
  expect(tableOf(host)).toEqual(before);
});

it('goes on after a failure where that is asked for, and tells of every operation', async () => {
  const host = makeHost();
  const agent = await host.start();
  host.control.fail('CreateIpForwardEntry', { call: 2, code: 5 });
  host.control.fail('DeleteIpForwardEntry', { call: 1, code: 1450 });
  const operations = [
    remove('10.41.0.0/16 via 10.40.0.1 on Storage'),
    ...four,
    set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 10 }),
    create('10.105.0.0/16 via 10.40.0.1 on Nowhere'),
  ];
  const before = tableOf(host);
  const applied = await agent.apply({ operations, owner: 'netops', atomicity: 'continue-on-error' });
  expect(applied.commit?.record).toMatchObject({ state: 'committed', failure: undefined });
  expect(resultsOf(7, applied)).toEqual(['WIN32_ERROR', '-', 'ACCESS_DENIED', '-', '-', '-', 'INTERFACE_NOT_FOUND']);
  const added = [...tableOf(host).keys()].filter((key) => !before.has(key));
  expect(added.map((key) => key.split(' ')[0])).toEqual(['10.101.0.0/16', '10.103.0.0/16', '10.104.0.0/16']);
  expect([...agent.engine.receipts.values()].map(({ desired }) => desired.destinationPrefix.bytes[1])).toEqual([101, 103, 104, 42]);
});

it.each([
  ['create', four[1] ?? remove('')],
  ['set', set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 3 })],
])('leaves no half-done %s behind a failure when the others go on', async (_kind, operation) => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  // The write gets through, and its read-back fails.
  host.control.fail('GetIpForwardEntry2', { call: 1, code: 1450 });
  const applied = await agent.apply({ operations: [operation, remove('10.99.0.0/16 on Storage')], atomicity: 'continue-on-error' });
  expect(resultsOf(2, applied)).toEqual(['WIN32_ERROR', 'ROUTE_NOT_FOUND']);
  expect(tableOf(host)).toEqual(before);
});

it('touches nothing when its beginning cannot be written down', async () => {
  const host = makeHost();
  const agent = await host.start();
  host.files.refuseWrites(true);
  await expect(agent.apply(four, { requestId: 'r' })).rejects.toMatchObject({ reason: 'JOURNAL_UNAVAILABLE' });
  expect(writesOf(host)).toBe(0);
  expect(agent.engine.list()).toEqual([]);
  host.files.refuseWrites(false);
  await expect(agent.apply(four, { requestId: 'r' })).resolves.toMatchObject({ commit: { record: { state: 'committed' } } });
});

it.each([undefined, 10_000])('is undone when its end cannot be written down (confirm within %s ms)', async (confirmWithinMs) => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  let failing = 0;
  const { commit } = await agent.apply(
    four,
    { commitId: 'a', confirmWithinMs },
    {
      onProgress: (done) => {
        if (done !== 4) return;
        host.files.fault = (call) => {
          if (call === 'write' && failing++ === 0) throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
        };
      },
    },
  );
  expect(commit).toMatchObject({ record: { state: 'rolled-back', failure: { reason: 'JOURNAL_UNAVAILABLE' } }, remainingMs: undefined });
  expect(tableOf(host)).toEqual(before);
  const { engine } = await host.start();
  expect(engine.get({ id: 'a', requestId: '' }).record).toMatchObject({ state: 'rolled-back', failure: { reason: 'JOURNAL_UNAVAILABLE' } });
});

it('writes nothing, to the table or to the journal, when it only validates', async () => {
  const host = makeHost();
  const agent = await host.start();
  const calls: string[] = [];
  host.files.fault = (call) => void calls.push(call);
  const applied = await agent.apply(four, { validateOnly: true, requestId: 'r', commitId: 'a', confirmWithinMs: 1000 });
  expect(applied).toMatchObject({ plan: { steps: [{}, {}, {}, {}] }, commit: undefined });
  expect(writesOf(host)).toBe(0);
  expect(calls).toEqual([]);
});

const probe: Probe = { kind: 'best-route', destination: parseAddress('10.42.0.1'), nextHop: parseAddress('10.40.0.1'), timeoutMs: 1000 };

it('tells what the probes find, when it only validates', async () => {
  const host = makeHost();
  const agent = await host.start();
  const lost: Probe = { ...probe, nextHop: parseAddress('10.40.0.9') };
  const { probes, commit } = await agent.apply(four, { validateOnly: true, probes: [probe, lost] });
  expect([probes, commit]).toEqual([
    [
      { probe: 'best route to 10.42.0.1 via 10.40.0.1', passedBefore: true, passedAfter: undefined, message: '' },
      {
        probe: 'best route to 10.42.0.1 via 10.40.0.9',
        passedBefore: false,
        passedAfter: undefined,
        message: expect.stringMatching(/^the best route goes via 10\.40\.0\.1/),
      },
    ],
    undefined,
  ]);
});

it('is undone when a probe passes no more', async () => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  const { commit } = await agent.apply([remove('10.42.0.0/16 via 10.40.0.1 on Storage')], { probes: [probe] });
  expect(commit?.record).toMatchObject({
    state: 'rolled-back',
    failure: { reason: 'PROBE_FAILED' },
    probes: [{ passedBefore: true, passedAfter: false }],
  });
  expect(tableOf(host)).toEqual(before);
});

it('stands when a probe did not pass before either', async () => {
  const host = makeHost();
  host.control.deleteRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.42.0.0/16', nextHop: '10.40.0.1' });
  const agent = await host.start();
  const { commit } = await agent.apply(four, { probes: [probe] });
  expect(commit?.record).toMatchObject({ state: 'committed', probes: [{ passedBefore: false, passedAfter: false }] });
});

it('names the caller who called it off, and not the probes that this ended', async () => {
  const host = makeHost();
  const agent = await host.start();
  const caller = new AbortController();
  const onProgress = (done: number) => done === 4 && caller.abort(gone);
  const { commit } = await agent.apply(four, { probes: [probe] }, { signal: caller.signal, onProgress });
  expect(commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason: 'CANCELLED' } });
});

it('is undone when the table is not what it was to become', async () => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  const unfit = { reason: 'UNVERIFIED_WRITE', message: 'not the best route', remedy: '' } as const;
  const { commit } = await agent.apply({ operations: four, verify: (routes) => (routes.length === before.size + 4 ? unfit : undefined) });
  expect(commit?.record).toMatchObject({ state: 'rolled-back', failure: unfit });
  expect(tableOf(host)).toEqual(before);
});

it('does not overwrite what somebody else changed between plan and write', async () => {
  const host = makeHost();
  const agent = await host.start();
  await agent.apply(four);
  const row = { interfaceAlias: 'Storage', destinationPrefix: '10.102.0.0/16', nextHop: '10.40.0.1' };
  const operations = [set('10.101.0.0/16 via 10.40.0.1 on Storage', { metric: 7 }), remove('10.102.0.0/16 via 10.40.0.1 on Storage')];
  const foreign = (done: number): void => {
    if (done === 1) host.control.setRoute({ ...row, metric: 99 });
  };
  const applied = await agent.apply(operations, {}, { onProgress: foreign });
  expect(applied.commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason: 'FOREIGN_CHANGE' } });
  expect(resultsOf(2, applied)).toEqual(['ROLLED_BACK', 'FOREIGN_CHANGE']);
  const metrics = host.control
    .routes()
    .filter(({ nextHop }) => nextHop.bytes.join('.') === '10.40.0.1')
    .map(({ metric }) => metric);
  expect(metrics).toContain(99);
  expect(metrics).not.toContain(7);
});

it('lets many writes wait without a warning of leaks', async () => {
  const host = makeHost();
  const agent = await host.start();
  const warnings = await warningsDuring(() =>
    Promise.all(four.concat(four, four).map((operation) => agent.apply([{ ...operation, allowExisting: true } as typeof operation]))),
  );
  expect(warnings).toEqual([]);
});

it('tells rows as they were read back, not as they were planned', async () => {
  const host = makeHost();
  const table: RouteTable = {
    ...host.table,
    batch() {
      // After the plan, before the first write.
      host.control.setInterfaceMetric('Storage', 77);
      return host.table.batch();
    },
  };
  const agent = await host.start({ table });
  const { plan, commit } = await agent.apply(four.slice(0, 1), { commitId: 'a' });
  expect(plan?.steps[0]?.after?.interfaceMetric).not.toBe(77);
  expect(commit?.record.steps[0]?.after?.interfaceMetric).toBe(77);
});
