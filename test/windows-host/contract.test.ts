/** The contract suite on the iphlpapi.dll of this host. test/windows/prove.ps1 makes the interfaces, runs this, and cleans up. */
import { describe, it } from 'vitest';
import { describeBadInput } from '../contract/bad-input.js';
import { describeCommits } from '../contract/commits.js';
import type { ContractInterface, ContractSubject } from '../contract/contract-host.js';
import { describeReading } from '../contract/reading.js';
import { describeRouteLife } from '../contract/route-life.js';
import { describeWatch } from '../contract/watch.js';
import { connectWire } from '../support/wire.js';
import { startHostAgent } from './host-agent.js';
import { readTestInterfaces } from './test-interfaces.js';

const interfaces = readTestInterfaces(process.env.ROUTEFLEET_TEST_INTERFACES);

if (interfaces === undefined) {
  describe.skip('the real iphlpapi.dll (skipped: ROUTEFLEET_TEST_INTERFACES names no test interfaces; run test/windows/prove.ps1)', () => {
    it('passes the contract suite', () => {});
  });
} else {
  for (const ipv4Writes of ['classic', 'netio'] as const) describeOnHost(ipv4Writes, interfaces);
}

function describeOnHost(ipv4Writes: 'classic' | 'netio', [first, second]: readonly [ContractInterface, ContractInterface]): void {
  const subject: ContractSubject = {
    name: `iphlpapi.dll, ${ipv4Writes}`,
    ipv4Writes,
    capabilities: { ipv6: true, lifetimes: process.platform === 'win32', defaultRoutes: false },
    async start() {
      const agent = await startHostAgent(ipv4Writes);
      const wire = connectWire(agent.address);
      return {
        ...{ wire, first, second },
        async close() {
          wire.close();
          await agent.close();
        },
      };
    },
  };
  describeRouteLife(subject);
  describeReading(subject);
  describeBadInput(subject);
  describeCommits(subject);
  describeWatch(subject);
}
