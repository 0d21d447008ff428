import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommitState } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { RouteView } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { missingForWine } from '../support/wine.js';
import { createWineKernelHost, type WineKernelAgent, type WineKernelHost } from './wine-kernel-host.js';

const missing = missingForWine({ namespaces: true });
const route = { destinationPrefix: '198.19.7.0/24', nextHop: '192.0.2.1' };
const name = '198.19.7.0,255.255.255.0,192.0.2.1,7';
const values = [
  { name, type: 'REG_SZ', data: '' },
  // Not as "route -p add" writes it: it must come back as it was all the same.
  { name: '198.19.7.0,255.255.255.0,192.0.2.1,-1', type: 'REG_EXPAND_SZ', data: 'kept' },
];

describe.skipIf(missing !== undefined)(
  `persistent routes in the registry of node.exe under Wine${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`,
  () => {
    let windows: WineKernelHost;
    let agent: WineKernelAgent;
    const inTable = async (): Promise<boolean> => (await windows.host.namespace.ip('route show exact 198.19.7.0/24')) !== '';
    const standing = async (): Promise<unknown> => (await windows.registry.values()).toSorted((a, b) => (a.name < b.name ? 1 : -1));

    beforeAll(async () => {
      windows = await createWineKernelHost();
      for (const value of values) await windows.registry.set(value.name, value.type, value.data);
      await windows.registry.set('not,a,route');
      await windows.host.namespace.ip('route add 198.19.7.0/24 via 192.0.2.1 metric 32');
      agent = await windows.start('classic');
    });
    afterEach(async () => {
      const [id] = [(await agent.wire.getAgent()).pendingCommit?.id];
      if (id !== undefined) await agent.wire.cancelCommit({ commitId: id });
    });
    afterAll(async () => {
      await agent?.stop();
      await windows?.remove();
    });

    it('are told of by the agent, and what is none of them in its log', async () => {
      expect((await agent.wire.getAgent()).capabilities).toMatchObject({ registry: true, elevated: true });
      const { routes } = await agent.wire.listRoutes(undefined, RouteView.FULL);
      expect(routes.filter(({ inRegistry }) => inRegistry)).toMatchObject([route]);
      const warnings = () => agent.log().filter(({ msg }) => msg.includes('is no route'));
      await expect.poll(warnings).toMatchObject([{ msg: expect.stringContaining('"not,a,route"') }]);
    });

    it('are put back when the time for the confirmation is over', async () => {
      await windows.registry.delete('not,a,route');
      expect(await standing()).toEqual(values);
      const options = { confirmWithin: { seconds: 20n, nanos: 0 }, commitId: 'timer' };
      const { registryValues } = await agent.wire.deleteRoute({ key: route, alsoRegistry: true, options });
      expect(registryValues.toSorted().reverse()).toEqual(values.map((value) => value.name));
      expect(await standing()).toEqual([]);
      expect(await inTable()).toBe(false);
      await agent.wire.extendCommit({ commitId: 'timer', confirmWithin: { seconds: 0n, nanos: 200_000_000 } });
      await expect
        .poll(async () => (await agent.wire.getCommit({ commitId: 'timer' })).commit?.state, { timeout: 30_000 })
        .toBe(CommitState.ROLLED_BACK);
      expect(await standing()).toEqual(values);
      expect(await inTable()).toBe(true);
    });

    it('are put back when the agent is killed, and starts again', async () => {
      const options = { confirmWithin: { seconds: 3600n, nanos: 0 }, commitId: 'killed' };
      await agent.wire.deleteRoute({ key: route, alsoRegistry: true, options });
      expect(await standing()).toEqual([]);
      await agent.kill();
      agent = await windows.start('classic', agent.stateDir);
      expect((await agent.wire.getCommit({ commitId: 'killed' })).commit?.state).toBe(CommitState.ROLLED_BACK);
      expect(await standing()).toEqual(values);
      expect(await inTable()).toBe(true);
    });

    it('outlive their row unless asked to go, and go when asked', async () => {
      const { warnings } = await agent.wire.deleteRoute({ key: route });
      expect(warnings).toMatchObject([{ reason: 'RETURNS_AT_BOOT' }]);
      expect(await inTable()).toBe(false);
      expect(await standing()).toEqual(values);
      const left = await agent.wire.deleteRoute({ key: route, alsoRegistry: true });
      expect(left).toMatchObject({ route: undefined, function: 'RegDeleteValueW', warnings: [] });
      expect(await standing()).toEqual([]);
    });
  },
);
