import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DriftPolicy } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import { byAlias } from '../contract/fixture.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import type { Partially } from '../support/wire.js';

const missing = missingForKernelRig();
/** The agent is told of changes, and looks 0.1 s after the last. */
const soon = { timeout: 15_000, interval: 50 };

const families = [
  { family: 4, prefix: '198.19.40.0/24', nextHop: '192.0.2.1', foreign: '198.19.41.0/24' },
  { family: 6, prefix: '2001:db8:f140::/48', nextHop: '2001:db8:2::1', foreign: '2001:db8:f141::/48' },
] as const;

describe.skipIf(missing !== undefined).each(families)(
  `persistent routes of IPv$family${missing ? ` (missing: ${missing})` : ''}`,
  ({ family, prefix, nextHop, foreign }) => {
    let host: KernelHost;
    let library: string;
    let agent: KernelAgent;
    let stateDir: string;
    beforeAll(async () => {
      library = await buildKernelRig();
      host = await createKernelHost();
    });
    afterAll(() => host?.remove());
    beforeEach(async () => {
      stateDir = mkdtempSync(join(tmpdir(), 'routefleet-persistent-'));
      agent = await host.startAgent({ library, stateDir });
      await ip(`route add ${foreign} via ${nextHop} dev dmz0 metric 61`);
    });
    afterEach(async () => {
      await agent.stop();
      await rm(stateDir, { recursive: true });
      for (const each of [prefix, foreign]) await ip(`route flush exact ${each}`);
    });

    const ip = (command: string): Promise<string> => host.namespace.ip(`-${family} ${command}`);
    const shown = (of: string = prefix): Promise<string> => ip(`route show exact ${of}`);
    const kept = /dev dmz0 .*metric 32 /;
    const expectBack = (pattern = kept): Promise<void> => expect.poll(() => shown(), soon).toMatch(pattern);
    async function keep(driftPolicy: DriftPolicy = DriftPolicy.ENFORCE, change: Partially<RouteSpec> = {}): Promise<void> {
      const route = { destinationPrefix: prefix, nextHop, interface: byAlias('dmz0'), metric: 7, persistent: true, ...change };
      const { failure } = await agent.wire.applyRoutes({
        header: { options: { owner: 'keeper' }, replaceOwned: true, driftPolicy },
        desiredRoutes: [route],
      });
      if (failure !== undefined) throw failure;
      if (change.interface === undefined) expect(await shown()).toMatch(kept);
    }
    const drift = async () => (await agent.wire.getAgent()).drift.map(({ reason, observed }) => [reason, observed?.metric]);
    /** Nobody touched what is of somebody else. */
    const expectForeign = async (): Promise<void> => expect(await shown(foreign)).toMatch(/dev dmz0 .*metric 61 /);

    it('are back after a restart of the agent, in which they were deleted', async () => {
      await keep();
      expect(await agent.stop()).toBe(0);
      expect(await shown()).toMatch(kept);
      await ip(`route delete ${prefix}`);
      agent = await host.startAgent({ library, stateDir });
      // Before it listens.
      expect(await shown()).toMatch(kept);
      expect(await drift()).toEqual([]);
      await expectForeign();
    });

    it('are back after a reboot, and routes that are not persistent are not', async () => {
      await keep();
      const passing = { destinationPrefix: foreign, nextHop, interface: byAlias('dmz0'), metric: 9 };
      await agent.wire.setRoute({ route: passing, options: { owner: 'passer' } });
      expect(await shown(foreign)).toMatch(/metric 34 /);
      expect(await agent.stop('SIGKILL')).toBeNull();
      for (const each of [prefix, foreign]) await ip(`route flush exact ${each}`);
      agent = await host.startAgent({ library, stateDir });
      expect(await shown()).toMatch(kept);
      expect(await shown(foreign)).toBe('');
      expect((await agent.wire.listRoutes({ owner: 'passer' })).routes).toEqual([]);
    });

    it('are back when somebody deletes them', async () => {
      await keep();
      await ip(`route delete ${prefix}`);
      await expectBack();
      await expect.poll(drift, soon).toEqual([]);
      await expectForeign();
      const [repair] = (await agent.wire.listCommits()).commits;
      expect(repair).toMatchObject({ actor: 'routefleet-agent', owner: 'keeper' });
    });

    it('are as desired again when somebody changes them', async () => {
      await keep();
      await ip(`route add ${prefix} via ${nextHop} dev dmz0 metric 90`);
      await ip(`route delete ${prefix} metric 32`);
      await expectBack();
      expect((await shown()).trim().split('\n')).toHaveLength(1);
      await expectForeign();
    });

    it('are back when their interface was removed and made again, with another index', async () => {
      const [address, gateway] = family === 4 ? ['203.0.113.2/24', '203.0.113.1'] : ['2001:db8:3::2/64', '2001:db8:3::1'];
      const makeInterface = async (): Promise<number> => {
        await host.topology.link({ namespace: host.namespace, device: 'usb0' }, { namespace: host.neighbours, device: 'usb1' });
        await ip(`address add ${address} dev usb0${family === 6 ? ' nodad' : ''}`);
        return Number.parseInt(await host.namespace.ip('-o link show usb0'), 10);
      };
      const index = await makeInterface();
      await keep(DriftPolicy.ENFORCE, { nextHop: gateway, interface: byAlias('usb0') });
      expect(await shown()).toContain('dev usb0');
      await host.namespace.ip('link delete usb0');
      await expect.poll(drift, soon).toEqual([['INTERFACE_NOT_FOUND', undefined]]);
      // So that the index is another one.
      await host.topology.link({ namespace: host.namespace, device: 'filler0' }, { namespace: host.neighbours, device: 'filler1' });
      expect(await makeInterface()).not.toBe(index);
      await expectBack(/dev usb0 .*metric 32 /);
      await expect.poll(drift, soon).toEqual([]);
      await host.namespace.ip('link delete usb0');
      await host.namespace.ip('link delete filler0');
    });

    it('are only told of where the policy says so', async () => {
      await keep(DriftPolicy.REPORT);
      await ip(`route delete ${prefix}`);
      await expect.poll(drift, soon).toEqual([['DRIFT_REPORT_ONLY', undefined]]);
      await delay(1000);
      expect(await shown()).toBe('');
      await ip(`route add ${prefix} via ${nextHop} dev dmz0 metric 95`);
      await expect.poll(drift, soon).toEqual([['DRIFT_REPORT_ONLY', 70]]);
      await ip(`route delete ${prefix}`);
      await ip(`route add ${prefix} via ${nextHop} dev dmz0 metric 32`);
      await expect.poll(drift, soon).toEqual([]);
      await expectForeign();
    });

    it('are left alone when the agent has lost them again and again, until their owner applies anew', async () => {
      await keep();
      const fighting = new AbortController();
      let deletions = 0;
      const fight = (async () => {
        while (!fighting.signal.aborted) {
          if ((await shown()) !== '') {
            await ip(`route delete ${prefix}`);
            deletions += 1;
          }
          await delay(50);
        }
      })();
      try {
        await expect.poll(drift, { timeout: 30_000, interval: 100 }).toEqual([['REPAIR_BUDGET_EXHAUSTED', undefined]]);
        await delay(1000);
      } finally {
        fighting.abort();
        await fight;
      }
      // The row as it was applied, and five repairs.
      expect(deletions).toBe(6);
      expect(await shown()).toBe('');
      await expectForeign();
      await keep();
      await expect.poll(drift, soon).toEqual([]);
    });
  },
);
