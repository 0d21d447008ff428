import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySavedHost, checkSavedHost } from '../../../client/fleet/apply-saved-host.js';
import { type Connector, createConnector } from '../../../client/fleet/connector.js';
import { planFleet } from '../../../client/fleet/fleet-plan.js';
import type { Host } from '../../../client/fleet/host.js';
import { loadInventory } from '../../../client/fleet/inventory.js';
import { collectPlan, type SavedPlan } from '../../../client/fleet/saved-plan.js';
import type { RouteClient } from '../../../client/index.js';
import { startFleet, type TestFleet } from '../test-fleet.js';

let fleet: TestFleet;
let hosts: readonly Host[];
const connector = createConnector();
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, web2: {}, off1: { down: true } });
  hosts = (await loadInventory(fleet.inventory)).hosts;
});
afterAll(() => fleet?.close());

const options = { owner: 'team-net', atomicity: 'allOrNothing' } as const;

/** Each host has a prefix of its own. */
function targets(): readonly { readonly host: Host; readonly routes: SavedPlan['hosts'][number]['routes'] }[] {
  return hosts.map((host, index) => ({
    host,
    routes: [{ destinationPrefix: `10.${index + 1}.0.0/16`, nextHop: '10.20.0.1', interface: { alias: 'Ethernet' }, persistent: true }],
  }));
}

async function planned(): Promise<SavedPlan> {
  const collector = collectPlan({ file: 'routes.yaml', options });
  for await (const result of planFleet(targets(), { change: options, withBootId: true, connector })) collector.add(result);
  return collector.end() as SavedPlan;
}

async function onHost<T>(name: string, task: (client: RouteClient) => Promise<T>): Promise<T> {
  const client = await connector(hosts.find((host) => host.name === name) as Host);
  try {
    return await task(client);
  } finally {
    client.close();
  }
}

describe('the plan of a fleet', () => {
  it('has each host with what it shall have, in order, and why there is none', async () => {
    const plan = await planned();
    expect(plan.hosts.map(({ name, routes, summary }) => [name, routes[0]?.destinationPrefix, summary.creates])).toEqual([
      ['web1', '10.1.0.0/16', 1],
      ['web2', '10.2.0.0/16', 1],
    ]);
    expect(plan.hosts.every(({ bootId, planToken }) => bootId !== '' && planToken !== '')).toBe(true);
    expect(plan.unplanned).toEqual([{ name: 'off1', address: fleet.addressOf('off1'), reason: 'UNREACHABLE' }]);
  });

  it('asks several hosts at once, and no more than it may', async () => {
    for (const concurrency of [1, 2]) {
      let running = 0;
      let most = 0;
      let released = () => {};
      const both = new Promise<void>((resolve) => {
        released = resolve;
      });
      const counting: Connector = async (host) => {
        running += 1;
        most = Math.max(most, running);
        if (running === concurrency) released();
        // Whoever is alone waits for the other one, if there may be one.
        await both;
        const client = await connector(host);
        return {
          ...client,
          planRoutes: (...args) => client.planRoutes(...args),
          async [Symbol.asyncDispose]() {
            running -= 1;
            await client[Symbol.asyncDispose]();
          },
        };
      };
      const results: unknown[] = [];
      for await (const result of planFleet(targets().slice(0, 2), { change: options, connector: counting, concurrency }))
        results.push(result);
      expect([results.length, most]).toEqual([2, concurrency]);
    }
  });

  it('is checked without a write, applied once, and stale after that', async () => {
    const plan = await planned();
    const [web1] = plan.hosts as [SavedPlan['hosts'][number]];
    const creates = () => fleet.agent('web1').control.calls('CreateIpForwardEntry');
    const before = creates();
    await onHost('web1', (client) => checkSavedHost(client, web1, plan, {}));
    expect(creates()).toBe(before);
    const result = await onHost('web1', (client) => applySavedHost(client, web1, plan, { comment: 'as planned' }));
    expect(result).toMatchObject({ ok: true, commit: { state: 'committed', owner: 'team-net', comment: 'as planned' } });
    expect(creates()).toBe(before + 1);
    for (const again of [checkSavedHost, applySavedHost]) {
      await expect(onHost('web1', async (client) => again(client, web1, plan, {}))).rejects.toMatchObject({
        code: 'ABORTED',
        reason: 'STALE_PLAN',
      });
    }
    expect(creates()).toBe(before + 1);
  });
});
