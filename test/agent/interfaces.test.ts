import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { byAlias, failureOf } from '../contract/fixture.js';
import { connectWire, type Wire } from '../support/wire.js';

let agent: TestAgent;
let wire: Wire;
beforeEach(async () => {
  agent = await startTestAgent({ profile: 'datacenter' });
  wire = connectWire(agent.address);
});
afterEach(async () => {
  wire.close();
  await agent.close();
});

describe('interfaces that could be meant', () => {
  it('are listed when an alias is not unique', async () => {
    agent.control.renameInterface('Storage', 'Ethernet0');
    const route = { destinationPrefix: '198.18.0.0/24', nextHop: '10.30.0.254', interface: byAlias('ethernet0') };
    const failure = await failureOf(wire.createRoute({ route }));
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'AMBIGUOUS_INTERFACE' });
    expect(failure.message).toMatch(/"Ethernet0" \(index 4, \{.*\}\), "Ethernet0" \(index 6, \{.*\}\)$/);
    expect(failure.facts.remedy).toContain('index, LUID or GUID');
    expect(await wire.createRoute({ route: { ...route, interface: { selector: { $case: 'index', value: 4 } } } })).toMatchObject({
      function: 'CreateIpForwardEntry',
    });
  });

  it('are listed when a row that shall be deleted is on two of them', async () => {
    const key = { destinationPrefix: '198.18.0.0/24', nextHop: '10.30.0.254' };
    for (const alias of ['Ethernet0', 'Storage']) await wire.createRoute({ route: { ...key, interface: byAlias(alias) } });
    for (const call of [
      wire.deleteRoute({ key }),
      wire.deleteRoute({ key, allowMissing: true }),
      wire.setRoute({ route: { ...key, metric: 9 } }),
    ]) {
      const failure = await failureOf(call);
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'AMBIGUOUS_INTERFACE' });
      expect(failure.message).toContain('on interface 4, 198.18.0.0/24 via 10.30.0.254 on interface 6');
    }
    expect((await wire.listRoutes({ destination: { $case: 'exactPrefix', value: key.destinationPrefix } })).routes).toMatchObject([
      { metric: 0 },
      { metric: 0 },
    ]);
    expect(await wire.deleteRoute({ key: { ...key, interface: byAlias('Storage') } })).toMatchObject({ function: 'DeleteIpForwardEntry' });
    // Now it is the only one.
    expect(await wire.deleteRoute({ key })).toMatchObject({ route: { interfaceAlias: 'Ethernet0' } });
  });

  it('do not include one that is gone', async () => {
    const { interfaces } = await wire.listInterfaces();
    const luid = interfaces.find(({ alias }) => alias === 'Storage')?.luid ?? 0n;
    agent.control.removeInterface('Storage');
    const failure = await failureOf(wire.listRoutes({ interface: { selector: { $case: 'luid', value: luid } } }));
    expect(failure).toMatchObject({ code: 'NOT_FOUND', reason: 'INTERFACE_NOT_FOUND' });
    expect(failure.facts.remedy).not.toContain('Storage');
  });
});
