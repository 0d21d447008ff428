import { afterEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { formatAddress } from '../../proto/address.js';
import { CommitState, DriftPolicy } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { formatPrefix } from '../../proto/prefix.js';
import { connectWire, type Wire } from '../support/wire.js';

/** On the "Storage" interface of the datacenter host. */
const row = { interfaceAlias: 'Storage', destinationPrefix: '10.99.0.0/16', nextHop: '10.40.0.254' };
const route = { destinationPrefix: row.destinationPrefix, nextHop: row.nextHop, metric: 5, persistent: true };
const owner = 'team-net';

const running: { readonly agent: TestAgent; readonly wire: Wire }[] = [];
afterEach(async () => {
  for (const { agent, wire } of running.splice(0)) {
    wire.close();
    await agent.close();
  }
});

/** A host with one persistent route. */
async function startHost(driftPolicy: DriftPolicy = DriftPolicy.ENFORCE): Promise<{ agent: TestAgent; wire: Wire }> {
  const agent = await startTestAgent({ profile: 'datacenter' });
  const wire = connectWire(agent.address);
  running.push({ agent, wire });
  await wire.applyRoutes({ header: { replaceOwned: true, driftPolicy, options: { owner } }, desiredRoutes: [route] });
  expect(metricOf(agent)).toBe(5);
  return { agent, wire };
}

/** Metric of the route on the host; undefined: it is not there. */
function metricOf({ control }: TestAgent): number | undefined {
  return control
    .routes()
    .find(
      ({ destinationPrefix, nextHop }) =>
        formatPrefix(destinationPrefix) === row.destinationPrefix && formatAddress(nextHop) === row.nextHop,
    )?.metric;
}

it('puts a row back that another program deleted or changed, and says so in the history', async () => {
  const { agent, wire } = await startHost();
  agent.control.deleteRoute(row);
  expect(metricOf(agent)).toBeUndefined();
  await expect.poll(() => metricOf(agent)).toBe(5);
  agent.control.setRoute({ ...row, metric: 77 });
  await expect.poll(() => metricOf(agent)).toBe(5);
  const { commits } = await wire.listCommits({ owner });
  expect(commits.filter(({ actor }) => actor === 'routefleet-agent')).toMatchObject([{ comment: 'put back' }, { comment: 'put back' }]);
  expect((await wire.getAgent()).drift).toEqual([]);
});

it('puts a row back after a restart, and forgets a row that was not persistent and is gone', async () => {
  const { agent, wire } = await startHost();
  const passing = { destinationPrefix: '10.98.0.0/16', nextHop: row.nextHop };
  await wire.createRoute({ route: passing, options: { owner } });
  await agent.restart();
  expect((await wire.listRoutes({ owner })).routes).toHaveLength(2);

  // As after a reboot: the table is built anew before the agent runs.
  const restarted = agent.restart();
  agent.control.deleteRoute(row);
  agent.control.deleteRoute({ ...row, ...passing });
  await restarted;
  await expect.poll(() => metricOf(agent)).toBe(5);
  await agent.restart();
  agent.control.addRoute({ ...row, ...passing });
  expect((await wire.listRoutes({ owner })).routes).toMatchObject([{ destinationPrefix: row.destinationPrefix, persistent: true }]);
});

it('puts a row back when its interface returns, also under another index and another LUID', async () => {
  const { agent, wire } = await startHost();
  const { profile } = agent.control.interface('Storage');
  agent.control.removeInterface('Storage');
  await expect
    .poll(async () => (await wire.getAgent()).drift)
    .toMatchObject([{ owner, reason: 'INTERFACE_NOT_FOUND', observed: undefined }]);
  agent.control.addInterface({ ...profile, index: 77 });
  await expect.poll(() => metricOf(agent)).toBe(5);

  agent.control.removeInterface('Storage');
  agent.control.addInterface({ ...profile, index: 78, luidIndex: profile.luidIndex + 100 });
  await expect.poll(() => metricOf(agent)).toBe(5);
  // The row is there before the commit that put it back is written down.
  await expect.poll(async () => (await wire.listRoutes({ owner })).routes).toMatchObject([{ interfaceIndex: 78, persistent: true }]);
  await expect.poll(async () => (await wire.getAgent()).drift).toEqual([]);
});

it('only tells of drift where the owner wants it so', async () => {
  const { agent, wire } = await startHost(DriftPolicy.REPORT);
  agent.control.setRoute({ ...row, metric: 77 });
  await expect
    .poll(async () => (await wire.getAgent()).drift)
    .toMatchObject([{ owner, desired: { metric: 5, persistent: true }, observed: { metric: 77 }, reason: 'DRIFT_REPORT_ONLY' }]);
  expect(metricOf(agent)).toBe(77);
});

it('does not fight for ever', async () => {
  const { agent, wire } = await startHost();
  let losses = 0;
  await expect
    .poll(
      async () => {
        if (metricOf(agent) !== undefined) {
          agent.control.deleteRoute(row);
          losses += 1;
        }
        return (await wire.getAgent()).drift;
      },
      { timeout: 20_000 },
    )
    .toMatchObject([{ reason: 'REPAIR_BUDGET_EXHAUSTED' }]);
  expect(losses).toBe(6);
  // A new apply of the owner begins anew.
  await wire.applyRoutes({ header: { replaceOwned: true, options: { owner } }, desiredRoutes: [{ ...route, metric: 6 }] });
  agent.control.deleteRoute(row);
  await expect.poll(() => metricOf(agent)).toBe(6);
}, 30_000);

it('waits with repairs while a commit waits for its confirmation', async () => {
  const { agent, wire } = await startHost();
  const options = { confirmWithin: { seconds: 60n, nanos: 0 }, commitId: 'pending' };
  await wire.createRoute({ route: { destinationPrefix: '10.97.0.0/16', nextHop: row.nextHop }, options });
  agent.control.deleteRoute(row);
  await expect.poll(async () => (await wire.getAgent()).drift).toMatchObject([{ reason: 'COMMIT_PENDING' }]);
  expect((await wire.confirmCommit({ commitId: 'pending' })).commit?.state).toBe(CommitState.COMMITTED);
  await expect.poll(() => metricOf(agent), { timeout: 5000 }).toBe(5);
});
