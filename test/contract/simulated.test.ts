import { startTestAgent } from '../../agent/testing.js';
import { connectWire } from '../support/wire.js';
import { describeBadInput } from './bad-input.js';
import { describeCommits } from './commits.js';
import type { ContractSubject } from './contract-host.js';
import { describeReading } from './reading.js';
import { describeRegistry } from './registry.js';
import { describeRouteLife } from './route-life.js';
import { describeWatch } from './watch.js';

for (const ipv4Writes of ['classic', 'netio'] as const) {
  const subject: ContractSubject = {
    name: `simulated, ${ipv4Writes}`,
    ipv4Writes,
    capabilities: { ipv6: true, lifetimes: true, registry: true, defaultRoutes: true },
    async start() {
      const agent = await startTestAgent({ profile: 'datacenter', ipv4Writes });
      const wire = connectWire(agent.address);
      return {
        wire,
        first: { alias: 'Ethernet0', nextHops4: ['10.30.0.254', '10.30.0.253'], nextHops6: ['2001:db8:30::fffe', '2001:db8:30::fffd'] },
        second: { alias: 'Storage', nextHops4: ['10.40.0.254', '10.40.0.253'] },
        registry: {
          names: async () => [...agent.control.registry.values().keys()],
          set: async (name) => agent.control.registry.set(name),
          delete: async (name) => agent.control.registry.delete(name),
        },
        async close() {
          wire.close();
          await agent.close();
        },
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
