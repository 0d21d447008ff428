import { expect, it } from 'vitest';
import { agentCaller, type Operation } from '../../../agent/commits/change.js';
import { type Agent, create, disown, type Host, makeHost, nobody, put, remove, set, tableOf } from './fixture.js';

const firstRow = '10.101.0.0/16 via 10.40.0.1 on Storage';
const secondRow = '10.102.0.0/16 via 10.40.0.1 on Storage';
const foreignRow = '10.103.0.0/16 via 10.40.0.1 on Storage';

/** "netops" owns two rows, "lab" one, and there is one of another program. */
async function makeOwners(): Promise<{ host: Host; agent: Agent }> {
  const host = makeHost();
  host.control.addRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.103.0.0/16', nextHop: '10.40.0.1', metric: 3 });
  const agent = await host.start();
  await agent.apply({ operations: [create(firstRow), create(secondRow, { metric: 2 })], owner: 'netops' });
  await agent.apply({ operations: [create('10.104.0.0/16 via 10.40.0.1 on Storage')], owner: 'lab' });
  return { host, agent };
}

const replace = (agent: Agent, operations: readonly Operation[], acceptedRisks: readonly 'other-owner'[] = [], owner = 'netops') =>
  agent.apply({ operations, owner, replaceOwned: true }, { acceptedRisks: new Set(acceptedRisks) });
const owners = ({ engine }: Agent): string[] => [...engine.receipts.values()].map(({ owner, desired }) => `${owner} ${desired.metric}`);

it('replaces the rows of one owner, and leaves all others alone', async () => {
  const { host, agent } = await makeOwners();
  const before = tableOf(host);
  const { plan } = await replace(agent, [put(secondRow, { metric: 9 }), put('10.105.0.0/16 via 10.40.0.1 on Storage')]);
  expect(plan?.steps.map(({ kind, operationIndex }) => [kind, operationIndex])).toEqual([
    ['create', 1],
    ['set', 0],
    ['delete', undefined],
  ]);
  const after = tableOf(host);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  expect(changed.map((key) => key.split(' ')[0]).sort()).toEqual(['10.101.0.0/16', '10.102.0.0/16', '10.105.0.0/16']);
  expect(owners(agent)).toEqual(['netops 9', 'lab 0', 'netops 0']);
});

it('empties the set of an owner, and nothing else', async () => {
  const { host, agent } = await makeOwners();
  await replace(agent, []);
  expect(owners(agent)).toEqual(['lab 0']);
  expect([...tableOf(host).keys()].filter((key) => key.startsWith('10.10'))).toEqual([
    '10.103.0.0/16 10.40.0.1 6',
    '10.104.0.0/16 10.40.0.1 6',
  ]);
});

it('adopts a row of another program that is named, without a write when it is as wanted', async () => {
  const { host, agent } = await makeOwners();
  const before = tableOf(host);
  const { commit } = await replace(agent, [put(firstRow), put(secondRow), put(foreignRow, { metric: 3 })]);
  expect(commit?.record.steps.map(({ kind, receipt }) => [kind, receipt?.after?.owner])).toContainEqual(['unchanged', 'netops']);
  expect(tableOf(host)).toEqual(before);
  expect(owners(agent)).toEqual(['netops 0', 'netops 2', 'lab 0', 'netops 3']);
});

it('hands a row of another owner over only with consent', async () => {
  const { agent } = await makeOwners();
  const change = [put('10.104.0.0/16 via 10.40.0.1 on Storage')];
  await expect(replace(agent, change)).rejects.toMatchObject({
    reason: 'RISK_NOT_ACCEPTED',
    facts: { risk: 'OTHER_OWNER', needs: 'consent' },
  });
  await replace(agent, change, ['other-owner']);
  expect(owners(agent)).toEqual(['netops 0']);
});

it.each([
  ['set', set(firstRow, { metric: 7 })],
  ['delete', remove(firstRow)],
])('takes a %s of a row of another owner only with consent, and the receipt goes', async (_kind, operation) => {
  const { agent } = await makeOwners();
  await expect(agent.apply([operation], { acceptedRisks: new Set(), confirmWithinMs: 1000 })).rejects.toMatchObject({
    facts: { risk: 'OTHER_OWNER' },
  });
  await agent.apply([operation]);
  expect(owners(agent)).toEqual(['netops 2', 'lab 0']);
});

it('lets the receipt of another owner go only with consent, also while its row is gone', async () => {
  const { host, agent } = await makeOwners();
  host.control.deleteRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.101.0.0/16', nextHop: '10.40.0.1' });
  await expect(agent.apply([remove(firstRow, true)], { acceptedRisks: new Set() })).rejects.toMatchObject({
    facts: { risk: 'OTHER_OWNER' },
  });
  expect(owners(agent)).toEqual(['netops 0', 'netops 2', 'lab 0']);
  await agent.apply({ operations: [remove(firstRow)], owner: 'netops' }, { acceptedRisks: new Set() });
  expect(owners(agent)).toEqual(['netops 2', 'lab 0']);
});

it('leaves a row persistent when its owner only sets its metric', async () => {
  const { agent } = await makeOwners();
  const persistent = () => [...agent.engine.receipts.values()].filter((receipt) => receipt.persistent).length;
  await agent.apply({ operations: [put(firstRow, { persistent: true })], owner: 'netops' });
  expect(persistent()).toBe(1);
  await agent.apply({ operations: [set(firstRow, { metric: 9 })], owner: 'netops' });
  expect(persistent()).toBe(1);
  await agent.apply({ operations: [put(firstRow)], owner: 'netops' });
  expect(persistent()).toBe(0);
});

it('keeps the receipt of a row that nobody changes', async () => {
  const { agent } = await makeOwners();
  await agent.apply([put(firstRow)]);
  expect(owners(agent)).toEqual(['netops 0', 'netops 2', 'lab 0']);
});

it('takes a receipt back with its commit', async () => {
  const { agent } = await makeOwners();
  await agent.apply({ operations: [], owner: 'netops', replaceOwned: true }, { confirmWithinMs: 1000, commitId: 'all' });
  expect(owners(agent)).toEqual(['lab 0']);
  await agent.engine.cancel('all', { abandon: false }, nobody);
  expect(owners(agent).sort()).toEqual(['lab 0', 'netops 0', 'netops 2']);
});

it('keeps the rows of a "put" that cannot be resolved, for it does not say that they are not wanted', async () => {
  const { host, agent } = await makeOwners();
  host.control.addRoute({ interfaceAlias: 'Ethernet0', destinationPrefix: '10.101.0.0/16', nextHop: '10.40.0.1' });
  const before = tableOf(host);
  // Two rows match, so that the agent cannot tell which of them is meant.
  const operations = [put('10.101.0.0/16 via 10.40.0.1'), put(secondRow, { metric: 2 })];
  const { plan } = await agent.apply({ operations, owner: 'netops', replaceOwned: true, atomicity: 'continue-on-error' });
  expect(plan?.refused).toMatchObject([{ failure: { reason: 'AMBIGUOUS_INTERFACE' } }]);
  expect(tableOf(host)).toEqual(before);
  expect(owners(agent)).toEqual(['netops 0', 'netops 2', 'lab 0']);
});

it('drops the receipt of a row that another program deleted, when its owner replaces the set', async () => {
  const { host, agent } = await makeOwners();
  host.control.deleteRoute({ interfaceAlias: 'Storage', destinationPrefix: '10.101.0.0/16', nextHop: '10.40.0.1' });
  await replace(agent, [put(secondRow, { metric: 2 })]);
  expect(owners(agent)).toEqual(['netops 2', 'lab 0']);
});

it('takes a policy back with its commit, and makes none for the policy that there is', async () => {
  const { agent } = await makeOwners();
  const change = { operations: [], owner: 'netops', driftPolicy: 'report' } as const;
  await agent.apply(change, { commitId: 'a', confirmWithinMs: 1000 });
  expect(agent.engine.driftPolicyOf('netops')).toBe('report');
  await agent.engine.cancel('a', { abandon: false }, nobody);
  expect(agent.engine.driftPolicyOf('netops')).toBe('enforce');
  await agent.apply(change);
  expect((await agent.apply(change)).commit).toBeUndefined();
});

it('takes the owner from a row, which stays, and gives it back when that is undone', async () => {
  const { host, agent } = await makeOwners();
  const before = tableOf(host);
  const { plan, commit } = await agent.apply(
    { operations: [disown(firstRow)], owner: 'netops' },
    { commitId: 'd', confirmWithinMs: 60_000 },
  );
  expect(plan?.steps).toMatchObject([
    { kind: 'unchanged', before: { metric: 0 }, after: { metric: 0 }, receipt: { before: { owner: 'netops' } } },
  ]);
  expect([commit?.record.state, owners(agent)]).toEqual(['pending', ['netops 2', 'lab 0']]);
  await agent.engine.cancel('d', { abandon: false }, agentCaller);
  expect(owners(agent).sort()).toEqual(['lab 0', 'netops 0', 'netops 2']);
  expect(tableOf(host)).toEqual(before);
});

it('takes no owner from the row of another one unless that is accepted, and from no row that is not there', async () => {
  const { agent } = await makeOwners();
  const ofLab = { operations: [disown('10.104.0.0/16 via 10.40.0.1 on Storage')], owner: '' };
  await expect(agent.apply(ofLab, { acceptedRisks: new Set() })).rejects.toMatchObject({ reason: 'RISK_NOT_ACCEPTED' });
  await agent.apply(ofLab, { acceptedRisks: new Set(['other-owner']) });
  expect(owners(agent)).toEqual(['netops 0', 'netops 2']);
  await expect(agent.apply([disown('10.109.0.0/16 via 10.40.0.1 on Storage')])).rejects.toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
});
