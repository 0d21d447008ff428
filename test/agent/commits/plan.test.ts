import { expect, it } from 'vitest';
import type { Operation } from '../../../agent/commits/change.js';
import { keyText, nextHopText } from '../../../agent/routes/route.js';
import { formatPrefix } from '../../../proto/prefix.js';
import { create, makeHost, put, remove, row, set, tableOf, writesOf } from './fixture.js';

const told = (
  steps: readonly { kind: string; key: Parameters<typeof nextHopText>[0] & { destinationPrefix: Parameters<typeof formatPrefix>[0] } }[],
) => steps.map(({ kind, key }) => `${kind} ${formatPrefix(key.destinationPrefix)} ${nextHopText(key)}`);

it('creates before it sets, and sets before it deletes; an on-link row comes first and goes last', async () => {
  const host = makeHost();
  host.control.addRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.50.0.0/16' });
  host.control.addRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.51.0.0/16', nextHop: '10.50.0.1' });
  const agent = await host.start();
  const { plan, commit } = await agent.apply([
    remove('10.50.0.0/16 on Storage'),
    remove('10.51.0.0/16 via 10.50.0.1 on Storage'),
    set('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 3 }),
    create('10.61.0.0/16 via 10.60.7.1 on Storage'),
    create('10.60.7.0/24 on Storage'),
    set('10.41.0.0/16 via 10.40.0.1 on Storage', { metric: 0 }),
  ]);
  expect(told(plan?.steps ?? [])).toEqual([
    'create 10.60.7.0/24 0.0.0.0',
    'create 10.61.0.0/16 10.60.7.1',
    'set 10.42.0.0/16 10.40.0.1',
    'delete 10.51.0.0/16 10.50.0.1',
    'delete 10.50.0.0/16 0.0.0.0',
    'unchanged 10.41.0.0/16 10.40.0.1',
  ]);
  expect(commit?.record.steps.map(({ operationIndex }) => operationIndex)).toEqual([4, 3, 2, 1, 0]);
});

it('writes nothing, and makes no commit, for what is there already', async () => {
  const host = makeHost();
  const agent = await host.start();
  const applied = await agent.apply([
    set('10.41.0.0/16 via 10.40.0.1 on Storage', { metric: 0 }),
    put('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 10, publish: false, validLifetimeSeconds: Number.POSITIVE_INFINITY }),
    { action: 'create', route: row('172.16.0.0/12 via 10.30.0.254 on Ethernet0', { metric: 5 }), allowExisting: true },
    remove('10.99.0.0/16 via 10.40.0.1 on Storage', true),
  ]);
  expect(applied.commit).toBeUndefined();
  expect(writesOf(host)).toBe(0);
  expect(agent.engine.list()).toEqual([]);
});

it.each<[string, Operation, string]>([
  ['a set of no row', set('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 1 }), 'ROUTE_NOT_FOUND'],
  ['a set of no row, its interface not named', set('10.99.0.0/16 via 10.40.0.1', { metric: 1 }), 'ROUTE_NOT_FOUND'],
  ['a delete of no row', remove('10.99.0.0/16 via 10.40.0.1 on Storage'), 'ROUTE_NOT_FOUND'],
  ['a create of a row that is there', create('10.42.0.0/16 via 10.40.0.1 on Storage', { metric: 10 }), 'ROUTE_EXISTS'],
  ['no such interface', create('10.99.0.0/16 via 10.40.0.1 on Nowhere'), 'INTERFACE_NOT_FOUND'],
  ['an own address', remove('10.40.0.10/32 on Storage'), 'SYSTEM_ROUTE'],
  ['multicast', create('224.1.0.0/16 on Storage'), 'SYSTEM_ROUTE'],
  ['another etag', { action: 'delete', key: row('10.42.0.0/16 via 10.40.0.1 on Storage'), etag: 'x' }, 'ETAG_MISMATCH'],
  ['two families', create('10.99.0.0/16 via 2001:db8::1 on Storage'), 'FAMILY_MISMATCH'],
  ['a row that is named twice', remove('10.41.0.0/16 via 10.40.0.1'), 'DUPLICATE_OPERATION'],
])('refuses %s: all-or-nothing writes nothing, continue-on-error does the others', async (_what, operation, reason) => {
  const host = makeHost();
  const agent = await host.start();
  const before = tableOf(host);
  const operations = [put('10.41.0.0/16 via 10.40.0.1 on Storage', { metric: 7 }), operation];
  await expect(agent.apply(operations)).rejects.toMatchObject({
    reason,
    facts: { operation_index: '1' },
    plan: { refused: [{ operationIndex: 1, failure: { reason } }] },
  });
  expect(writesOf(host)).toBe(0);
  expect(tableOf(host)).toEqual(before);

  const { plan, commit } = await agent.apply({ operations, atomicity: 'continue-on-error' });
  expect(plan?.refused).toMatchObject([{ operationIndex: 1, failure: { reason } }]);
  expect(commit?.record).toMatchObject({ state: 'committed', steps: [{ kind: 'set', operationIndex: 0, after: { metric: 7 } }] });
});

it('makes no commit when no operation can be done', async () => {
  const agent = await makeHost().start();
  const operations = [remove('10.99.0.0/16 via 10.40.0.1 on Storage')];
  const { plan, commit } = await agent.apply({ operations, atomicity: 'continue-on-error' });
  expect(plan?.refused).toMatchObject([{ operationIndex: 0, failure: { reason: 'ROUTE_NOT_FOUND' } }]);
  expect(commit).toBeUndefined();
  await expect(agent.apply(operations)).rejects.toMatchObject({
    reason: 'ROUTE_NOT_FOUND',
    facts: expect.not.objectContaining({ operation_index: '0' }),
  });
});

it('tells how many operations are refused, and names the first', async () => {
  const agent = await makeHost().start();
  const missing = [1, 2, 3].map((number) => remove(`10.10${number}.0.0/16 via 10.40.0.1 on Storage`));
  await expect(agent.apply([create('10.99.0.0/16 via 10.40.0.1 on Storage'), ...missing])).rejects.toMatchObject({
    facts: { operation_index: '1', refused_operations: '3' },
  });
});

it('refuses another revision, and takes the one that a plan told', async () => {
  const host = makeHost();
  const agent = await host.start();
  const change = [create('10.99.0.0/16 via 10.40.0.1 on Storage')];
  const { plan } = await agent.apply(change, { validateOnly: true });
  host.control.addRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.98.0.0/16' });
  await expect(agent.apply(change, { expectedRevision: plan?.revision })).rejects.toMatchObject({ reason: 'REVISION_MISMATCH' });
  const again = await agent.apply(change, { validateOnly: true });
  expect(again.plan?.revision).toBe((plan?.revision ?? 0n) + 1n);
  await expect(agent.apply(change, { expectedRevision: again.plan?.revision })).resolves.toMatchObject({ commit: { record: {} } });
});

it('has one token for one plan, and another for another table or another change', async () => {
  const host = makeHost();
  const agent = await host.start();
  const change = [create('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 4 })];
  const token = async (operations: readonly Operation[], owner = ''): Promise<string> =>
    (await agent.apply({ operations, owner }, { validateOnly: true })).plan?.token ?? '';
  const first = await token(change);
  expect(await token(change)).toBe(first);
  const others = [
    await token([create('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 5 })]),
    await token([create('10.99.0.0/16 via 10.40.0.2 on Storage', { metric: 4 })]),
    await token([create('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 4, validLifetimeSeconds: 60 })]),
    await token([create('10.99.0.0/16 via 10.40.0.1 on Storage', { metric: 4, publish: true })]),
    await token([...change, remove('10.42.0.0/16 via 10.40.0.1 on Storage')]),
    await token(change, 'netops'),
  ];
  expect(new Set([first, ...others]).size).toBe(others.length + 1);

  await expect(agent.apply([...change, remove('10.42.0.0/16 via 10.40.0.1')], { planToken: first })).rejects.toMatchObject({
    reason: 'STALE_PLAN',
    facts: { changed: 'change' },
  });
  host.control.setRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.42.0.0/16', nextHop: '10.40.0.1', metric: 11 });
  await expect(agent.apply(change, { planToken: first })).rejects.toMatchObject({ reason: 'STALE_PLAN', facts: { changed: 'table' } });
  expect(writesOf(host)).toBe(0);
  await expect(agent.apply(change, { planToken: await token(change) })).resolves.toMatchObject({ commit: { record: {} } });
});

it.each(['set', 'put'] as const)('keeps the token of a %s while the lifetime of its row runs down', async (action) => {
  const host = makeHost();
  const key = { interfaceAlias: 'Storage', destinationPrefix: '10.97.0.0/16', nextHop: '10.40.0.1' };
  host.control.addRoute({ ...key, validLifetime: 900, preferredLifetime: 800 });
  const agent = await host.start();
  const operations: Operation[] = [{ action, route: row('10.97.0.0/16 via 10.40.0.1 on Storage', { metric: action === 'set' ? 9 : 0 }) }];
  const { plan } = await agent.apply(operations, { validateOnly: true });
  host.control.setRoute({ ...key, validLifetime: 890, preferredLifetime: 790 });
  await expect(agent.apply(operations, { planToken: plan?.token ?? '' })).resolves.toMatchObject({ plan: { token: plan?.token } });
});

it('finds the row of a plan by the key, whatever the zone of its next hop', async () => {
  const host = makeHost();
  const agent = await host.start();
  const { commit } = await agent.apply([create('2001:db8:9::/48 via fe80::1%4', { metric: 2 })]);
  const key = commit?.record.steps[0]?.key;
  expect(key && keyText(key)).toMatch(/^2001:db8:9::\/48 fe80::1 /);
  await expect(agent.apply([remove('2001:db8:9::/48 via fe80::1 on Ethernet0')])).resolves.toMatchObject({
    commit: { record: { state: 'committed', steps: [{ kind: 'delete' }] } },
  });
});
