import { afterEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { connectWire, type Wire } from '../support/wire.js';

const row = { interfaceAlias: 'Storage', destinationPrefix: '10.99.0.0/16', nextHop: '10.40.0.254' };
const key = { destinationPrefix: row.destinationPrefix, nextHop: row.nextHop };

let agent: TestAgent;
let wire: Wire;
afterEach(async () => {
  wire.close();
  await agent.close();
});

it.each(['classic', 'netio'] as const)('changes and deletes a row that another protocol made (%s)', async (ipv4Writes) => {
  agent = await startTestAgent({ profile: 'datacenter', ipv4Writes });
  wire = connectWire(agent.address);
  const RouteProtocolBgp = 14;
  agent.control.addRoute({ ...row, protocol: RouteProtocolBgp, metric: 3 });
  expect(await wire.setRoute({ route: { ...key, metric: 8 } })).toMatchObject({ function: 'SetIpForwardEntry2', route: { metric: 8 } });
  expect(await wire.deleteRoute({ key })).toMatchObject({ route: { metric: 8, protocol: RouteProtocolBgp } });
});
