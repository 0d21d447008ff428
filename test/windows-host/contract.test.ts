/** The contract suite on the iphlpapi.dll of this host. test/windows/prove.ps1 makes the interfaces, runs this, and cleans up. */
import { describe } from 'vitest';
import { describeBadInput } from '../contract/bad-input.js';
import { describeCommits } from '../contract/commits.js';
import type { ContractSubject } from '../contract/contract-host.js';
import { describeReading } from '../contract/reading.js';
import { describeRegistry } from '../contract/registry.js';
import { describeRouteLife } from '../contract/route-life.js';
import { describeWatch } from '../contract/watch.js';
import { connectWire } from '../support/wire.js';
import { startHostAgent } from './host-agent.js';
import { openHostRegistry } from './host-registry.js';
import { readTestInterfaces } from './test-interfaces.js';

/** Otherwise the kernel rig, for checks of this file. */
const isWindows = process.platform === 'win32';
const interfaces = readTestInterfaces(process.env.ROUTEFLEET_TEST_INTERFACES);

const missing = interfaces === undefined ? 'ROUTEFLEET_TEST_INTERFACES names no test interfaces; run test/windows/prove.ps1' : undefined;

for (const ipv4Writes of ['classic', 'netio'] as const) {
  const subject: ContractSubject = {
    name: `iphlpapi.dll, ${ipv4Writes}`,
    ipv4Writes,
    capabilities: { ipv6: true, lifetimes: isWindows, registry: isWindows, defaultRoutes: false },
    async start() {
      if (interfaces === undefined) throw new Error(missing);
      const [first, second] = interfaces;
      const agent = await startHostAgent(ipv4Writes);
      const wire = connectWire(agent.address);
      const registry = isWindows ? openHostRegistry() : undefined;
      return {
        ...{ wire, first, second, ...(registry && { registry }) },
        async close() {
          await registry?.clear();
          wire.close();
          await agent.close();
        },
      };
    },
  };
  describe.skipIf(missing !== undefined)(missing ? `missing: ${missing}` : 'on this host', () => {
    describeRouteLife(subject);
    describeReading(subject);
    describeBadInput(subject);
    describeCommits(subject);
    describeWatch(subject);
    describeRegistry(subject);
  });
}
