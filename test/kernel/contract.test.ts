import { describe } from 'vitest';
import { describeBadInput } from '../contract/bad-input.js';
import { describeCommits } from '../contract/commits.js';
import type { ContractSubject } from '../contract/contract-host.js';
import { describeReading } from '../contract/reading.js';
import { describeRegistry } from '../contract/registry.js';
import { describeRouteLife } from '../contract/route-life.js';
import { describeWatch } from '../contract/watch.js';
import { buildKernelRig, createKernelHost, missingForKernelRig } from '../support/kernel-rig.js';

const missing = missingForKernelRig();

for (const ipv4Writes of ['classic', 'netio'] as const) {
  const subject: ContractSubject = {
    name: `kernel rig, ${ipv4Writes}`,
    ipv4Writes,
    // IPv4 routes of Linux have no lifetime, and Linux has no registry.
    capabilities: { ipv6: true, lifetimes: false, registry: false, defaultRoutes: true },
    async start() {
      const library = await buildKernelRig();
      const host = await createKernelHost();
      const agent = await host.startAgent({ library, args: ['--ipv4-writes', ipv4Writes] });
      return {
        wire: agent.wire,
        first: {
          alias: 'lan0',
          nextHops4: [`${host.subnet}.1`, `${host.subnet}.9`],
          nextHops6: ['2001:db8:64::1', '2001:db8:64::9'],
        },
        second: { alias: 'dmz0', nextHops4: ['192.0.2.1', '192.0.2.9'] },
        async close() {
          await agent.stop();
          await host.remove();
        },
      };
    },
  };
  describe.skipIf(missing !== undefined)(missing ? `missing: ${missing}` : 'on the kernel', () => {
    describeRouteLife(subject);
    describeReading(subject);
    describeRegistry(subject);
    describeBadInput(subject);
    describeCommits(subject);
    describeWatch(subject);
  });
}
