import { afterEach, describe, expect, it } from 'vitest';
import type { IphlpapiFunction } from '../../agent/iphlpapi/iphlpapi.js';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../../agent/testing.js';
import { byAlias, failureOf } from '../contract/fixture.js';
import { connectWire, type Wire } from '../support/wire.js';

const opened: { wire: Wire; agent: TestAgent }[] = [];
afterEach(async () => {
  for (const { wire, agent } of opened.splice(0)) {
    wire.close();
    // Whatever failed, no table of the library is left behind.
    expect(agent.control.openTables).toBe(0);
    await agent.close();
  }
});

async function open(options: TestAgentOptions = {}): Promise<{ wire: Wire; agent: TestAgent }> {
  const agent = await startTestAgent({ profile: 'datacenter', ...options });
  const entry = { agent, wire: connectWire(agent.address) };
  opened.push(entry);
  return entry;
}

const route = { destinationPrefix: '172.16.0.0/12', nextHop: '10.30.0.254', interface: byAlias('Ethernet0'), metric: 6 };
const newRoute = { destinationPrefix: '198.18.0.0/24', nextHop: '10.30.0.254' };
const calls: Readonly<Record<string, (wire: Wire) => Promise<unknown>>> = {
  CreateIpForwardEntry: (wire) => wire.createRoute({ route: newRoute }),
  CreateIpForwardEntry2: (wire) => wire.createRoute({ route: newRoute }),
  SetIpForwardEntry: (wire) => wire.setRoute({ route }),
  SetIpForwardEntry2: (wire) => wire.setRoute({ route }),
  DeleteIpForwardEntry: (wire) => wire.deleteRoute({ key: route }),
  DeleteIpForwardEntry2: (wire) => wire.deleteRoute({ key: route }),
  GetIpForwardEntry2: (wire) => wire.getRoute({ key: route }),
  GetIpForwardTable2: (wire) => wire.listRoutes(),
  GetIfTable2: (wire) => wire.listInterfaces(),
  GetUnicastIpAddressTable: (wire) => wire.listInterfaces(),
  GetBestRoute2: (wire) => wire.getBestRoute({ destination: '192.0.2.1' }),
};

/** [function, code, gRPC code, reason]: every code that the function is documented to return, and one that it is not. */
const codes: readonly [IphlpapiFunction, number, string, string][] = [
  ['CreateIpForwardEntry', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['CreateIpForwardEntry', 50, 'FAILED_PRECONDITION', 'NOT_SUPPORTED'],
  ['CreateIpForwardEntry', 160, 'INVALID_ARGUMENT', 'METRIC_BELOW_INTERFACE_METRIC'],
  ['CreateIpForwardEntry', 5010, 'ALREADY_EXISTS', 'ROUTE_EXISTS'],
  ['CreateIpForwardEntry', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['CreateIpForwardEntry', 31, 'UNKNOWN', 'WIN32_ERROR'],
  ['CreateIpForwardEntry2', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['CreateIpForwardEntry2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['CreateIpForwardEntry2', 50, 'FAILED_PRECONDITION', 'NOT_SUPPORTED'],
  ['CreateIpForwardEntry2', 5010, 'ALREADY_EXISTS', 'ROUTE_EXISTS'],
  ['SetIpForwardEntry', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['SetIpForwardEntry', 2, 'NOT_FOUND', 'INTERFACE_NOT_FOUND'],
  ['SetIpForwardEntry', 50, 'FAILED_PRECONDITION', 'NOT_SUPPORTED'],
  ['SetIpForwardEntry', 160, 'INVALID_ARGUMENT', 'METRIC_BELOW_INTERFACE_METRIC'],
  ['SetIpForwardEntry', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['SetIpForwardEntry2', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['SetIpForwardEntry2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['SetIpForwardEntry2', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['DeleteIpForwardEntry', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['DeleteIpForwardEntry', 50, 'FAILED_PRECONDITION', 'NOT_SUPPORTED'],
  ['DeleteIpForwardEntry', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['DeleteIpForwardEntry2', 5, 'PERMISSION_DENIED', 'ACCESS_DENIED'],
  ['DeleteIpForwardEntry2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['DeleteIpForwardEntry2', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['GetIpForwardEntry2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['GetIpForwardEntry2', 1168, 'NOT_FOUND', 'ROUTE_NOT_FOUND'],
  ['GetIpForwardTable2', 8, 'RESOURCE_EXHAUSTED', 'OUT_OF_MEMORY'],
  ['GetIpForwardTable2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['GetIfTable2', 8, 'RESOURCE_EXHAUSTED', 'OUT_OF_MEMORY'],
  ['GetUnicastIpAddressTable', 8, 'RESOURCE_EXHAUSTED', 'OUT_OF_MEMORY'],
  ['GetBestRoute2', 2, 'NOT_FOUND', 'INTERFACE_NOT_FOUND'],
  ['GetBestRoute2', 87, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  ['GetBestRoute2', 1168, 'NOT_FOUND', 'BEST_ROUTE_NOT_FOUND'],
  ['GetBestRoute2', 1231, 'NOT_FOUND', 'BEST_ROUTE_NOT_FOUND'],
  ['GetBestRoute2', 1232, 'NOT_FOUND', 'BEST_ROUTE_NOT_FOUND'],
];

describe('every Win32 code reaches the caller with function, name and remedy', () => {
  it.each(codes)('%s returns %i: %s', async (name, code, grpcCode, reason) => {
    const { wire, agent } = await open({ ipv4Writes: name.endsWith('2') ? 'netio' : 'classic' });
    agent.control.fail(name, { call: 'every', code });
    const failure = await failureOf((calls[name] as (wire: Wire) => Promise<unknown>)(wire));
    expect(failure).toMatchObject({ code: grpcCode, reason, facts: { win32_code: String(code), function: name } });
    expect(failure.facts.win32_name).toMatch(/^(ERROR_[A-Z_]+|WIN32_\d+)$/);
    expect(failure.facts.remedy).not.toBe('');
  });

  it('tells both metrics when Windows finds the classic metric too low', async () => {
    const { wire, agent } = await open();
    agent.control.fail('CreateIpForwardEntry', { call: 1, code: 160 });
    const failure = await failureOf(wire.createRoute({ route: { ...newRoute, metric: 3 } }));
    expect(failure.facts).toMatchObject({ metric1: '18', interface_metric: '15' });
    expect(failure.message).toContain('Metric1 18 is below the metric 15');
  });

  it('tells apart what 1168 means: route, interface, or family', async () => {
    const { wire, agent } = await open({ ipv4Writes: 'netio' });
    const missing = { ...route, destinationPrefix: '198.18.9.0/24' };
    expect(await failureOf(wire.getRoute({ key: missing }))).toMatchObject({ reason: 'ROUTE_NOT_FOUND', facts: { win32_code: '1168' } });
    agent.control.unbind('Ethernet0', 4);
    expect(await failureOf(wire.createRoute({ route: { ...route, destinationPrefix: '198.18.9.0/24' } }))).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'FAMILY_NOT_BOUND',
      facts: { win32_code: '1168', function: 'GetIpForwardEntry2' },
    });
    agent.control.fail('CreateIpForwardEntry2', { call: 1, code: 1168 });
    agent.control.fail('GetIfEntry2', { call: 1, code: 2 });
    expect(await failureOf(wire.createRoute({ route: { ...missing, interface: byAlias('Storage') } }))).toMatchObject({
      reason: 'INTERFACE_NOT_FOUND',
    });
  });

  it('reads and refuses to write when it is not elevated', async () => {
    const { wire, agent } = await open();
    agent.control.setElevated(false);
    expect((await wire.getAgent()).capabilities?.elevated).toBe(false);
    expect((await wire.listRoutes()).routeCount).toBeGreaterThan(0);
    for (const call of [wire.createRoute({ route: newRoute }), wire.setRoute({ route }), wire.deleteRoute({ key: route })]) {
      expect(await failureOf(call)).toMatchObject({ code: 'PERMISSION_DENIED', reason: 'ACCESS_DENIED', facts: { win32_code: '5' } });
    }
  });
});

describe('a write counts only once it was read back', () => {
  it.each(['classic', 'netio'] as const)('reports a %s write that did nothing', async (ipv4Writes) => {
    const { wire, agent } = await open({ ipv4Writes });
    agent.control.setQuirks({ stubWrites: true });
    for (const call of [wire.createRoute({ route: newRoute }), wire.deleteRoute({ key: route })]) {
      expect(await failureOf(call)).toMatchObject({ code: 'DATA_LOSS', reason: 'UNVERIFIED_WRITE' });
    }
    const failure = await failureOf(wire.setRoute({ route }));
    expect(failure).toMatchObject({ code: 'DATA_LOSS', reason: 'UNVERIFIED_WRITE' });
    expect(failure.message).toContain('metric 5');
  });

  it('sets the metric by SetIpForwardEntry2 where SetIpForwardEntry leaves it, and says so', async () => {
    const { wire, agent } = await open();
    agent.control.setQuirks({ classicSetIgnoresMetric: true });
    expect(await wire.setRoute({ route })).toMatchObject({ function: 'SetIpForwardEntry2', route: { metric: 6 }, previous: { metric: 5 } });
    expect(agent.control.calls('SetIpForwardEntry')).toBe(1);
  });

  it('goes by the ...2 functions where an interface has several sub-interfaces', async () => {
    const { wire, agent } = await open();
    agent.control.fail('CreateIpForwardEntry', { call: 'every', code: 87 });
    agent.control.fail('DeleteIpForwardEntry', { call: 'every', code: 87 });
    expect(await wire.createRoute({ route: newRoute })).toMatchObject({ function: 'CreateIpForwardEntry2' });
    expect(await wire.deleteRoute({ key: newRoute })).toMatchObject({ function: 'DeleteIpForwardEntry2' });
  });
});
