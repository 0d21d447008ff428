import { expect, it, vi } from 'vitest';
import type { Operation } from '../../../agent/commits/change.js';
import { findWarnings } from '../../../agent/commits/warnings.js';
import { parsePrefix } from '../../../proto/prefix.js';
import { create, type Host, makeHost, nobody, put, remove, row, set, tableOf, useStoppedClock } from './fixture.js';
import { die } from './mortal.js';

useStoppedClock();

const standing = '192.168.50.0/24 via 10.20.0.9';
const value = '192.168.50.0,255.255.255.0,10.20.0.9,1';
/** The same row with another metric, and with data that "route -p add" does not write. */
const other = '192.168.50.0,255.255.255.0,10.20.0.9,9';

const alsoRegistry = (text: string, members: Partial<Operation & { action: 'delete' }> = {}): Operation => ({
  action: 'delete',
  key: row(text),
  alsoRegistry: true,
  ...members,
});

function makeOffice(): Host {
  const host = makeHost({ profile: 'office' });
  host.control.registry.set(other, { type: 2, bytes: Uint8Array.of(0x41, 0, 0, 0) });
  return host;
}

const registryOf = ({ control }: Host) => [...control.registry.values()];
const stateOf = (host: Host) => ({ table: tableOf(host, { restored: true }), registry: new Map(registryOf(host)) });
const whole: ReturnType<typeof registryOf> = [
  [value, { type: 1, data: '0000' }],
  [other, { type: 2, data: '41000000' }],
];

it('leaves the registry alone unless asked, and warns of what comes back', async () => {
  const host = makeOffice();
  const agent = await host.start();
  const { plan, commit } = await agent.apply([remove(standing), create('10.9.0.0/16 via 10.20.0.7')]);
  expect(findWarnings(plan?.steps ?? [])).toEqual([
    {
      reason: 'RETURNS_AT_BOOT',
      message: expect.stringMatching(
        /also in the registry.* come back at the next boot: 192\.168\.50\.0\/24 via 10\.20\.0\.9 on interface 12$/,
      ),
      remedy: expect.stringContaining('also_registry'),
    },
  ]);
  expect(commit?.record.state).toBe('committed');
  expect(registryOf(host)).toEqual(whole);
});

it('warns of a metric that the registry undoes at boot, unless the agent keeps it', async () => {
  const host = makeOffice();
  const { engine } = await host.start();
  const warningsOf = async (operation: Operation, owner = '') =>
    findWarnings((await engine.plan({ operations: [operation], atomicity: 'all-or-nothing', owner })).steps).map(({ message }) => message);
  expect(await warningsOf(set(standing, { metric: 7 }))).toEqual([expect.stringContaining('the metric of the registry again')]);
  expect(await warningsOf(set(standing, { metric: 1 }))).toEqual([]);
  expect(await warningsOf(put(standing, { metric: 7, persistent: true }), 'netops')).toEqual([]);
  expect(await warningsOf(remove('0.0.0.0/0 via 10.20.0.1'))).toEqual([]);
});

it('names a few rows of many in one warning', () => {
  const before = { destinationPrefix: parsePrefix('10.0.0.0/8'), inRegistry: true };
  const step = {
    kind: 'delete',
    key: { ...row('10.0.0.0/8 via 192.0.2.1'), interface: { index: 1, luid: 1n } },
    before,
    registryValues: [],
  };
  const [warning, ...others] = findWarnings(Array.from({ length: 8 }, () => step) as never);
  expect(others).toEqual([]);
  expect(warning?.message.match(/10\.0\.0\.0\/8/g)).toHaveLength(5);
  expect(warning?.message).toMatch(/ and 3 more$/);
});

it('takes every value of the row out of the registry when asked, and tells which', async () => {
  const host = makeOffice();
  const agent = await host.start();
  const { plan, commit } = await agent.apply([alsoRegistry(standing)]);
  expect(findWarnings(plan?.steps ?? [])).toEqual([]);
  expect(commit?.record).toMatchObject({
    state: 'committed',
    steps: [{ kind: 'delete', outcome: { writtenBy: 'DeleteIpForwardEntry' }, registryValues: [{ name: value }, { name: other }] }],
  });
  expect(registryOf(host)).toEqual([]);
});

it('puts the values back exactly as they were, also after a restart and after a reboot', async () => {
  for (const boot of [undefined, { id: 'first boot', uptimeSeconds: 2 }, { id: 'second boot', uptimeSeconds: 1 }]) {
    const host = makeOffice();
    const before = stateOf(host);
    const agent = await host.start();
    await agent.apply([alsoRegistry(standing)], { commitId: 'a', confirmWithinMs: 10_000 });
    expect(registryOf(host)).toEqual([]);
    if (boot === undefined) {
      await vi.advanceTimersByTimeAsync(10_000);
      await agent.idle();
    } else {
      vi.clearAllTimers();
      await host.start({ boot });
    }
    // After a reboot as well: Windows would have made the row by the values that were away.
    expect(stateOf(host)).toEqual(before);
  }
});

it('ends as before or as asked wherever the agent dies', async () => {
  const outcomes = new Set<string>();
  for (let atCall = 1; atCall <= 45; atCall++) {
    const host = makeOffice();
    const before = stateOf(host);
    const change = [alsoRegistry(standing), create('10.9.0.0/16 via 10.20.0.7')];
    await die(host, atCall, {}, (agent) => agent.apply(change, { commitId: 'a' }));
    const { engine } = await host.start();
    const record = engine.list()[0]?.record;
    outcomes.add(record?.state ?? 'not begun');
    if (record?.state === 'committed') expect(registryOf(host)).toEqual([]);
    else expect(stateOf(host)).toEqual(before);
    // A second start changes nothing.
    const after = stateOf(host);
    await host.start();
    expect(stateOf(host)).toEqual(after);
  }
  expect(outcomes).toEqual(new Set(['not begun', 'rolled-back', 'committed']));
});

it('puts the row back when its value cannot be taken out', async () => {
  for (const atomicity of ['all-or-nothing', 'continue-on-error'] as const) {
    const host = makeOffice();
    const before = stateOf(host);
    const agent = await host.start();
    host.control.registry.fail('deleteValue', 5);
    const { commit } = await agent.apply({ operations: [alsoRegistry(standing)], atomicity });
    expect(commit?.record.steps).toMatchObject([
      { outcome: { failure: { reason: 'ACCESS_DENIED', facts: { win32_code: '5', function: 'RegDeleteValueW' } } } },
    ]);
    expect(stateOf(host)).toEqual(before);
  }
});

it('tries again to put a value back, and has the row back meanwhile', async () => {
  const host = makeOffice();
  const before = stateOf(host);
  const agent = await host.start();
  await agent.apply([alsoRegistry(standing)], { commitId: 'a', confirmWithinMs: 10_000 });
  host.control.registry.fail('setValue', 5);
  const { record } = await agent.engine.cancel('a', { abandon: false }, nobody);
  expect(record).toMatchObject({ state: 'rollback-failed', failure: { facts: { cause: 'ACCESS_DENIED' } } });
  expect(tableOf(host, { restored: true })).toEqual(before.table);
  host.control.registry.fail('setValue', undefined);
  await vi.advanceTimersByTimeAsync(1000);
  await agent.idle();
  expect(agent.engine.get({ id: 'a', requestId: '' }).record.state).toBe('rolled-back');
  expect(stateOf(host)).toEqual(before);
});

it('writes nothing when a value changed after it was planned', async () => {
  const host = makeOffice();
  const agent = await host.start();
  const onPlanned = (): void => host.control.registry.set(value, { type: 1, bytes: Uint8Array.of(0x42, 0, 0, 0) });
  const { commit } = await agent.apply([alsoRegistry(standing)], {}, { onPlanned });
  expect(commit?.record.steps).toMatchObject([{ outcome: { writtenBy: undefined, failure: { reason: 'FOREIGN_CHANGE' } } }]);
  expect(tableOf(host).has('192.168.50.0/24 10.20.0.9 12')).toBe(true);
  expect(new Map(registryOf(host)).get(value)?.data).toBe('42000000');
});

it('leaves the values of a row that went by other hands before its turn', async () => {
  const host = makeOffice();
  const agent = await host.start();
  const onPlanned = (): void =>
    host.control.deleteRoute({ destinationPrefix: '192.168.50.0/24', nextHop: '10.20.0.9', interfaceAlias: 'Ethernet' });
  const { commit } = await agent.apply([alsoRegistry(standing)], {}, { onPlanned });
  expect(commit?.record.steps).toMatchObject([{ outcome: { failure: { reason: 'ROUTE_NOT_FOUND' } } }]);
  expect(registryOf(host)).toEqual(whole);
});

it('tells watchers of a row that is put back as one that stands in the registry', async () => {
  const host = makeOffice();
  const agent = await host.start();
  agent.observer.begin((await agent.observer.attach(() => true)).watcher);
  await agent.apply([alsoRegistry(standing)], { commitId: 'a', confirmWithinMs: 10_000 });
  await agent.engine.cancel('a', { abandon: false }, nobody);
  const { revision } = agent.observer;
  expect((await agent.observer.table.list()).revision).toBe(revision);
});

it('tells watchers of a row that stands in the registry no longer, as the doing of others', async () => {
  const host = makeOffice();
  const { observer } = await host.start();
  observer.begin((await observer.attach(() => true)).watcher);
  const { revision } = observer;
  for (const [name] of whole) host.control.registry.delete(name);
  expect((await observer.table.list()).revision).toBe(revision + 1n);
});

it('leaves values alone that it was not to take out any more', async () => {
  const host = makeOffice();
  const agent = await host.start();
  await agent.apply([remove(standing)]);
  const onProgress = (): void => host.control.registry.delete(other);
  const change = [create('10.8.0.0/16 via 10.20.0.7'), create('10.9.0.0/16 via 10.20.0.7'), alsoRegistry(standing)];
  host.control.fail('CreateIpForwardEntry', { call: 2, code: 5 });
  const { commit } = await agent.apply(change, {}, { onProgress });
  expect(commit?.record.steps.map(({ outcome }) => outcome.failure?.reason)).toEqual([undefined, 'ACCESS_DENIED', 'NOT_ATTEMPTED']);
  expect(registryOf(host).map(([name]) => name)).toEqual([value]);
});

it('leaves a value alone that somebody else wrote meanwhile', async () => {
  const host = makeOffice();
  const agent = await host.start();
  await agent.apply([alsoRegistry(standing)], { commitId: 'a', confirmWithinMs: 10_000 });
  host.control.registry.set(value, { type: 1, bytes: Uint8Array.of(0x42, 0, 0, 0) });
  const { record } = await agent.engine.cancel('a', { abandon: false }, nobody);
  expect(record).toMatchObject({ state: 'rolled-back', steps: [{ outcome: { failure: { reason: 'FOREIGN_CHANGE' } } }] });
  expect(new Map(registryOf(host))).toEqual(new Map([[value, { type: 1, data: '42000000' }], whole[1] as (typeof whole)[0]]));
});

it('takes a row out that is left in the registry alone', async () => {
  const host = makeOffice();
  const agent = await host.start();
  await agent.apply([remove(standing)]);
  const { commit } = await agent.apply([alsoRegistry(standing)], { commitId: 'a', confirmWithinMs: 10_000 });
  expect(commit?.record.steps).toMatchObject([{ kind: 'unchanged', outcome: { writtenBy: 'RegDeleteValueW' } }]);
  expect(registryOf(host)).toEqual([]);
  await agent.engine.cancel('a', { abandon: false }, nobody);
  expect(registryOf(host)).toEqual(whole);
  await agent.apply([alsoRegistry(standing)]);
  await expect(agent.apply([alsoRegistry(standing)])).rejects.toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
  expect((await agent.apply([alsoRegistry(standing, { allowMissing: true })])).commit).toBeUndefined();
});

it('is bound by the rules of its caller also where no row goes', async () => {
  const host = makeOffice();
  const agent = await host.start();
  await agent.apply([remove(standing)]);
  const grant = { name: 'rule 1', unrestricted: false, prefixes: [parsePrefix('10.0.0.0/8')], interfaces: undefined, owners: undefined };
  await expect(agent.apply([alsoRegistry(standing)], { acceptedRisks: new Set() }, { grant })).rejects.toMatchObject({
    reason: 'NOT_AUTHORIZED',
  });
  expect(registryOf(host)).toEqual(whole);
});

it('is refused on a host without a registry, and where the registry cannot be read', async () => {
  const host = makeOffice();
  const without = await host.start({ table: { ...host.table, registry: undefined } });
  await expect(without.apply([alsoRegistry(standing)])).rejects.toMatchObject({ reason: 'NOT_SUPPORTED' });
  host.control.registry.fail('lastWriteTime', 5);
  await expect((await host.start()).apply([alsoRegistry(standing)])).rejects.toMatchObject({ reason: 'ACCESS_DENIED' });
  expect(tableOf(host).has('192.168.50.0/24 10.20.0.9 12')).toBe(true);
});

it('is part of the plan: a token of one without it does not fit', async () => {
  const host = makeOffice();
  const { engine } = await host.start();
  const token = async (operation: Operation) =>
    (await engine.plan({ operations: [operation], atomicity: 'all-or-nothing', owner: '' })).token;
  expect(await token(alsoRegistry(standing))).not.toBe(await token(remove(standing)));
});
