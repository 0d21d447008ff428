import { expect, it } from 'vitest';
import type { Operation, Risk } from '../../../agent/commits/change.js';
import { parseAddress } from '../../../proto/address.js';
import { create, type Host, makeHost, remove, row, set } from './fixture.js';

/** Beyond both default routes of the host. */
const far4 = '198.51.100.7';
const far6 = '2001:db8:ffff::7';
const default4 = '0.0.0.0/0 via 10.30.0.1 on Ethernet0';
const default6 = '::/0 via 2001:db8:30::ffff on Ethernet0';
const otherDefault = create('0.0.0.0/0 via 10.60.0.1 on Réseau de gestion', { metric: 90 });

async function risksOf(operations: readonly Operation[], controllers: readonly string[], replacesDefaultRoute = false): Promise<string[]> {
  return risksOn(makeHost(), operations, controllers, replacesDefaultRoute);
}

async function risksOn(host: Host, operations: readonly Operation[], controllers: readonly string[], replacesDefaultRoute = false) {
  const { engine } = await host.start({ controllers: () => controllers.map(parseAddress) });
  const { risks } = await engine.plan({ operations, atomicity: 'all-or-nothing', owner: '', replacesDefaultRoute });
  return risks.map(({ risk, needs }) => `${risk}: ${needs}`);
}

it.each<[string, readonly Operation[], readonly string[], readonly string[]]>([
  ['a better default gateway', [create('0.0.0.0/0 via 10.30.0.2 on Ethernet0')], [far4], ['management-path: either']],
  ['one that is no better', [create('0.0.0.0/0 via 10.30.0.2 on Ethernet0', { metric: 2 })], [far4], []],
  ['one that is as good', [create('0.0.0.0/0 via 10.30.0.2 on Ethernet0', { metric: 1 })], [far4], ['management-path: either']],
  ['a host route by another way', [create(`${far4}/32 via 10.60.0.1 on Réseau de gestion`)], [far4], ['management-path: either']],
  ['a host route by the same way', [create(`${far4}/32 via 10.30.0.1 on Ethernet0`)], [far4], []],
  ['a host route to somebody else', [create('198.51.100.8/32 via 10.60.0.1 on Réseau de gestion')], [far4], []],
  ['an on-link row that shadows the controller', [create('198.51.100.0/24 on Storage')], [far4], ['management-path: either']],
  ['an IPv6 row', [create('2001:db8:ffff::/48 via fe80::1%9')], [far6], ['management-path: either']],
  ['an IPv6 row for an IPv4 controller', [create('2001:db8:ffff::/48 via fe80::1%9')], [far4], []],
  ['two controllers, one concerned', [create('198.51.100.0/24 on Storage')], [far4, far6], ['management-path: either']],
  [
    'two controllers, both concerned',
    [create('198.51.0.0/16 on Storage')],
    [far4, '198.51.100.9'],
    ['management-path: either', 'management-path: either'],
  ],
  ['one controller with two connections', [create('198.51.0.0/16 on Storage')], [far4, far4], ['management-path: either']],
  ['the last default route', [remove(default4)], [], ['default-route: both']],
  ['the last default route, on the way', [remove(default4)], [far4], ['management-path: both', 'default-route: both']],
  ['the last IPv6 default route', [remove(default6)], [far4], ['default-route: both']],
  ['a default route that is replaced', [otherDefault, remove(default4)], [], []],
  ['a default route that is replaced, on the way', [otherDefault, remove(default4)], [far4], ['management-path: either']],
  ['a default route that only one of the other family replaces', [otherDefault, remove(default6)], [], ['default-route: both']],
  ['a default route with another metric', [set(default4, { metric: 60 })], [far4], []],
])('%s', async (_what, operations, controllers, risks) => {
  expect(await risksOf(operations, controllers)).toEqual(risks);
});

it('needs less for one of two default routes', async () => {
  const host = makeHost();
  host.control.addRoute({ interfaceAlias: 'Storage', destinationPrefix: '0.0.0.0/0', nextHop: '10.40.0.1', metric: 500 });
  expect(await risksOn(host, [remove(default4)], [])).toEqual(['default-route: either']);
});

it('does not count on a new default route whose failure would not keep the old one from going', async () => {
  const { engine } = await makeHost().start();
  const { risks } = await engine.plan({ operations: [otherDefault, remove(default4)], atomicity: 'continue-on-error', owner: '' });
  expect(risks).toMatchObject([{ risk: 'default-route', needs: 'either' }]);
});

it('needs nothing where replacing default routes is what was asked for', async () => {
  expect(await risksOf([remove(default4)], [], true)).toEqual([]);
});

it('counts the caller among the controllers', async () => {
  const agent = await makeHost().start();
  const peer = { address: parseAddress(far4), port: 50_000 };
  const { plan } = await agent.apply(
    [create('198.51.0.0/16 on Storage')],
    { validateOnly: true, destinations: [parseAddress(far6)] },
    { peer },
  );
  expect(plan?.risks).toMatchObject([{ risk: 'management-path' }]);
  expect(plan?.bestRoutes).toMatchObject([
    { management: true, changed: true, before: { interfaceAlias: 'Ethernet0' }, after: { interfaceAlias: 'Storage' } },
    { management: false, changed: false },
  ]);
});

const none: readonly Risk[] = [];
it.each<[string, Operation, readonly Risk[], boolean, boolean]>([
  ['either: nothing', create(`${far4}/32 on Storage`), none, false, false],
  ['either: consent', create(`${far4}/32 on Storage`), ['management-path'], false, true],
  ['either: a way back', create(`${far4}/32 on Storage`), none, true, true],
  ['either: consent to another risk', create(`${far4}/32 on Storage`), ['default-route'], false, false],
  ['both: consent', remove(default4), ['default-route', 'management-path'], false, false],
  ['both: a way back', remove(default4), none, true, false],
  ['both: consent to one, and a way back', remove(default4), ['default-route'], true, false],
  ['both: both', remove(default4), ['default-route', 'management-path'], true, true],
])('guards: %s', async (_what, operation, accepted, wayBack, taken) => {
  const agent = await makeHost().start({ controllers: () => [parseAddress(far4)] });
  const applied = agent.apply([operation], { acceptedRisks: new Set(accepted), confirmWithinMs: wayBack ? 1000 : undefined });
  if (taken) await expect(applied).resolves.toMatchObject({ commit: { record: { steps: [{ outcome: { failure: undefined } }] } } });
  else await expect(applied).rejects.toMatchObject({ reason: 'RISK_NOT_ACCEPTED' });
  expect(agent.engine.list()).toHaveLength(taken ? 1 : 0);
  await agent.engine.close();
});

it('guards a validation as well', async () => {
  const agent = await makeHost().start({ controllers: () => [parseAddress(far4)] });
  const validated = agent.apply(
    { operations: [{ action: 'delete', key: row(default4) }] },
    { acceptedRisks: new Set(), validateOnly: true },
  );
  await expect(validated).rejects.toMatchObject({ reason: 'RISK_NOT_ACCEPTED', facts: { risk: 'MANAGEMENT_PATH', needs: 'both' } });
});
