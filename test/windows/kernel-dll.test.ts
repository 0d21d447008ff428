import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBadInput } from '../contract/bad-input.js';
import { describeCommits } from '../contract/commits.js';
import type { ContractSubject } from '../contract/contract-host.js';
import { describeReading } from '../contract/reading.js';
import { describeRegistry } from '../contract/registry.js';
import { describeRouteLife } from '../contract/route-life.js';
import { describeWatch } from '../contract/watch.js';
import { missingForWine } from '../support/wine.js';
import { createWineKernelHost, type WineKernelHost } from './wine-kernel-host.js';

const missing = missingForWine({ namespaces: true });

describe.skipIf(missing !== undefined)(
  `node.exe on the kernel rig as a DLL${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`,
  () => {
    let windows: WineKernelHost;
    beforeAll(async () => {
      windows = await createWineKernelHost();
    });
    afterAll(() => windows?.remove());

    for (const ipv4Writes of ['classic', 'netio'] as const) {
      const subject: ContractSubject = {
        name: `Wine and kernel rig, ${ipv4Writes}`,
        ipv4Writes,
        capabilities: { ipv6: true, lifetimes: false, registry: true, defaultRoutes: true },
        async start() {
          const { subnet } = windows.host;
          const { wire, stop } = await windows.start(ipv4Writes);
          return {
            wire,
            first: { alias: 'lan0', nextHops4: [`${subnet}.1`, `${subnet}.9`], nextHops6: ['2001:db8:64::1', '2001:db8:64::9'] },
            second: { alias: 'dmz0', nextHops4: ['192.0.2.1', '192.0.2.9'] },
            registry: windows.registry,
            close: async () => void (await stop()),
          };
        },
      };
      describeRouteLife(subject);
      describeReading(subject);
      describeRegistry(subject);
      describeBadInput(subject);
      describeCommits(subject);
      describeWatch(subject);
    }

    it('creates a route that packets take, reads it back, deletes it, and stops cleanly', async () => {
      const { host } = windows;
      await host.neighbours.ip('address add 192.0.2.1/24 dev dmz1');
      await host.neighbours.ip('address add 198.19.0.1/32 dev lo');
      const agent = await windows.start('classic');
      const target = '198.19.0.1';
      const answers = (): Promise<boolean> =>
        host.namespace.exec('ping', '-n', '-c', '1', '-W', '1', target).then(
          () => true,
          () => false,
        );
      expect((await agent.wire.getAgent()).capabilities).toMatchObject({
        ipv6: true,
        notifications: true,
        interfaceMetrics: true,
        missingFunctions: [],
      });

      expect(await answers()).toBe(false);
      const route = { destinationPrefix: '198.19.0.0/24', nextHop: '192.0.2.1', metric: 5 };
      expect(await agent.wire.createRoute({ route })).toMatchObject({
        function: 'CreateIpForwardEntry',
        route: { ...route, interfaceAlias: 'dmz0' },
      });
      expect(await host.namespace.ip('route show exact 198.19.0.0/24')).toMatch(
        /^198\.19\.0\.0\/24 via 192\.0\.2\.1 dev dmz0 .*metric 30 /,
      );
      expect((await agent.wire.getBestRoute({ destination: target })).route).toMatchObject(route);
      expect(await answers()).toBe(true);

      await agent.wire.deleteRoute({ key: route });
      expect(await host.namespace.ip('route show exact 198.19.0.0/24')).toBe('');
      expect(await answers()).toBe(false);
      expect(await agent.stop()).toBe(0);
    });
  },
);
