import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { decodeRoute } from '../../client/codec/route.js';
import { connect } from '../../client/index.js';
import { RouteView } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { byAlias, failureOf } from '../contract/fixture.js';
import { connectWire, type Wire } from '../support/wire.js';

let agent: TestAgent;
let wire: Wire;
beforeEach(async () => {
  agent = await startTestAgent({ profile: 'legacy' });
  wire = connectWire(agent.address);
});
afterEach(async () => {
  wire.close();
  await agent.close();
});

describe('a host that has only the classic functions', () => {
  it('says what it lacks', async () => {
    const { capabilities } = await wire.getAgent();
    expect(capabilities).toMatchObject({ ipv6: false, notifications: false, ipv4Writes: 1, ipv6Writes: 0 });
    expect(capabilities?.missingFunctions).toContain('CreateIpForwardEntry2');
    expect(capabilities?.missingFunctions).not.toContain('CreateIpForwardEntry');
  });

  it('lists, with direct rows as on-link', async () => {
    const { routes } = await wire.listRoutes();
    expect(routes).toContainEqual(expect.objectContaining({ destinationPrefix: '0.0.0.0/0', nextHop: '10.70.0.1', interfaceIndex: 3 }));
    expect(routes).toContainEqual(expect.objectContaining({ destinationPrefix: '10.70.0.0/16', nextHop: '0.0.0.0', origin: 0 }));
  });

  it('tells the same in the view PACKED, with an origin that is not known', async () => {
    const client = connect({ address: agent.address, insecure: true });
    const packed = await client.listRoutes().toArray();
    client.close();
    expect(packed).toEqual((await wire.listRoutes()).routes.map((route) => ({ ...decodeRoute(route), ageSeconds: expect.any(Number) })));
    expect(new Set(packed.map(({ origin }) => origin))).toEqual(new Set([undefined]));
  });

  it('finds the best route', async () => {
    const { route } = await wire.getBestRoute({ destination: '192.0.2.1' });
    expect(route).toMatchObject({ destinationPrefix: '0.0.0.0/0', nextHop: '10.70.0.1' });
  });

  it('reads again when the table grows between the two calls', async () => {
    agent.control.growBetweenCalls({ times: 3, rows: 5 });
    const { routes } = await wire.listRoutes();
    expect(routes.length).toBe(agent.control.routes().length);
    expect(agent.control.calls('GetIpForwardTable')).toBe(5);
  });

  it('gives up on a table that never stops growing, with its reason', async () => {
    agent.control.growBetweenCalls({ times: 1000, rows: 1 });
    expect(await failureOf(wire.listRoutes())).toMatchObject({ facts: { win32_code: '122', function: 'GetIpForwardTable' } });
  });

  it.each([
    [87, 'INVALID_ARGUMENT'],
    [50, 'NOT_SUPPORTED'],
  ])('reports code %i of GetIpForwardTable', async (code, reason) => {
    agent.control.fail('GetIpForwardTable', { call: 'every', code });
    expect(await failureOf(wire.listRoutes())).toMatchObject({ reason, facts: { win32_code: String(code) } });
  });

  it('takes 232 (no routes) for an empty table', async () => {
    agent.control.fail('GetIpForwardTable', { call: 'every', code: 232 });
    const nothing = { routeCount: 0, routes: [], messages: [{ routes: [] }] };
    expect(await wire.listRoutes()).toMatchObject(nothing);
    expect(await wire.listRoutes({}, RouteView.PACKED)).toMatchObject({ ...nothing, messages: [{ packed: { count: 0 } }] });
  });

  it('says which function is missing for what it cannot do', async () => {
    const missing = { code: 'UNIMPLEMENTED', reason: 'FUNCTION_MISSING', facts: { win32_code: '127' } };
    expect(await failureOf(wire.listInterfaces())).toMatchObject(missing);
    expect(await failureOf(wire.listRoutes({ interface: byAlias('Ethernet') }))).toMatchObject(missing);
    expect(await failureOf(wire.getBestRoute({ destination: '2001:db8::1' }))).toMatchObject(missing);
  });
});
