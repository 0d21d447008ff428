import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InterfaceSelector } from '../../proto/gen/routefleet/v1/route.pb.js';
import { failureOf } from '../contract/fixture.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import type { Wire } from '../support/wire.js';

const missing = missingForKernelRig();

/** The index of dmz0: an alias would be looked up in tables, whose functions have faults of their own here. */
const dmz0 = { selector: { $case: 'index', value: 0 } } satisfies InterfaceSelector;
const existing = { destinationPrefix: '198.18.0.0/24', nextHop: '192.0.2.1', interface: dmz0, metric: 4 };
const calls: Readonly<Record<string, (wire: Wire) => Promise<unknown>>> = {
  Create: (wire) => wire.createRoute({ route: { ...existing, destinationPrefix: '198.18.1.0/24' } }),
  Set: (wire) => wire.setRoute({ route: { ...existing, metric: 9 } }),
  Delete: (wire) => wire.deleteRoute({ key: existing }),
  GetIpForwardEntry2: (wire) => wire.getRoute({ key: existing }),
  GetIpForwardTable2: (wire) => wire.listRoutes(),
  GetIfTable2: (wire) => wire.listInterfaces(),
  GetUnicastIpAddressTable: (wire) => wire.listInterfaces(),
  GetBestRoute2: (wire) => wire.getBestRoute({ destination: '198.51.100.1' }),
};

/** [function, codes]: each of its next calls fails with the next code, and the one after succeeds. */
type Faults = readonly (readonly [string, readonly number[]])[];
const classic: Faults = [
  ['CreateIpForwardEntry', [5, 50, 160, 5010]],
  ['SetIpForwardEntry', [5, 2, 50, 1168]],
  ['DeleteIpForwardEntry', [5, 50, 1168]],
];
/** On its own: every write is planned, for which the interfaces are listed, and listing them calls GetUnicastIpAddressTable as well. */
const interfaces: Faults = [['GetIfTable2', [8]]];
const reading: Faults = [
  ['GetIpForwardEntry2', [87, 1168]],
  ['GetIpForwardTable2', [87, 8]],
  ['GetUnicastIpAddressTable', [8]],
  ['GetBestRoute2', [2, 87, 1231]],
];
const netio: Faults = [
  ['CreateIpForwardEntry2', [5, 87, 1168, 50, 5010]],
  ['SetIpForwardEntry2', [5, 87, 1168]],
  ['DeleteIpForwardEntry2', [5, 87, 1168, 50]],
];
const schedule = (faults: Faults): string =>
  faults.flatMap(([name, codes]) => codes.map((code, index) => `${name}:${index + 1}:${code}`)).join();

describe.skipIf(missing !== undefined)(`failing native calls${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let library: string;
  beforeAll(async () => {
    library = await buildKernelRig();
    host = await createKernelHost();
    dmz0.selector.value = Number.parseInt(await host.namespace.ip('-o link show dmz0'), 10);
    await host.namespace.ip('route add 198.18.0.0/24 via 192.0.2.1 metric 29');
  });
  afterAll(() => host?.remove());

  describe.each([
    ['reading', 'netio', reading],
    ['interfaces', 'netio', interfaces],
    ['classic', 'classic', classic],
    ['netio', 'netio', netio],
  ] as const)('%s', (_name, ipv4Writes, faults) => {
    let agent: KernelAgent;
    beforeAll(async () => {
      agent = await host.startAgent({ library, args: ['--ipv4-writes', ipv4Writes], environment: { RIG_FAULTS: schedule(faults) } });
    });
    afterAll(() => agent?.stop());

    it.each(faults)('%s fails with each of %j, changes nothing, and works again', async (name, codes) => {
      const call = calls[name] ?? calls[name.replace(/IpForwardEntry2?/, '')];
      const before = await host.namespace.ip('route');
      for (const code of codes) {
        const failure = await failureOf((call as (wire: Wire) => Promise<unknown>)(agent.wire));
        expect(failure.facts).toMatchObject({ win32_code: String(code), function: name });
        expect(failure.facts.remedy).not.toBe('');
        expect(await host.namespace.ip('route')).toBe(before);
      }
      await (call as (wire: Wire) => Promise<unknown>)(agent.wire);
      await host.namespace.ip('route flush exact 198.18.1.0/24');
      await host.namespace.ip('route flush exact 198.18.0.0/24');
      await host.namespace.ip('route add 198.18.0.0/24 via 192.0.2.1 metric 29');
    });
  });

  it('falls back to the classic functions, and reports what those return', async () => {
    const RIG_FAULTS = [
      ...['GetIpForwardTable2:*:50', 'GetIpForwardTable:1:87', 'GetIpForwardTable:2:50', 'GetIpForwardTable:3:232'],
      ...['GetBestRoute2:*:50', 'GetBestRoute:1:87', 'GetBestRoute:2:50'],
    ].join();
    const { wire, stop } = await host.startAgent({ library, environment: { RIG_FAULTS } });
    for (const code of ['87', '50']) {
      expect((await failureOf(wire.listRoutes())).facts).toMatchObject({ win32_code: code, function: 'GetIpForwardTable' });
      const best = await failureOf(wire.getBestRoute({ destination: '198.18.0.1' }));
      expect(best.facts).toMatchObject({ win32_code: code, function: 'GetBestRoute' });
    }
    // 232: no routes at all.
    expect(await wire.listRoutes()).toMatchObject({ routeCount: 0 });
    expect((await wire.listRoutes()).routes).toContainEqual(expect.objectContaining({ destinationPrefix: '198.18.0.0/24', metric: 4 }));
    expect((await wire.getBestRoute({ destination: '198.18.0.1' })).route).toMatchObject({ destinationPrefix: '198.18.0.0/24', metric: 4 });
    expect(await stop()).toBe(0);
  });

  it('goes on without names, metrics and notifications, and says that it has none', async () => {
    const RIG_FAULTS = 'NotifyRouteChange2:*:8,ConvertInterfaceLuidToAlias:*:87,GetIpInterfaceEntry:*:2';
    const { wire, stop } = await host.startAgent({ library, environment: { RIG_FAULTS } });
    expect((await wire.getAgent()).capabilities).toMatchObject({ notifications: false });
    const [row] = (await wire.listRoutes({ destination: { $case: 'exactPrefix', value: '198.18.0.0/24' } })).routes;
    expect(row).toMatchObject({ interfaceAlias: '', interfaceMetric: undefined, effectiveMetric: undefined, metric: 4 });
    expect(await stop()).toBe(0);
    const uncancelled = await host.startAgent({ library, environment: { RIG_FAULTS: 'CancelMibChangeNotify2:*:87' } });
    expect((await uncancelled.wire.getAgent()).capabilities).toMatchObject({ notifications: true });
    // With the registration still alive: the end of the process must not wait for it, nor abort.
    expect(await uncancelled.stop()).toBe(0);
  });

  it('does not take an interface for found when a conversion fails', async () => {
    const RIG_FAULTS = 'ConvertInterfaceIndexToLuid:1:2,ConvertInterfaceGuidToLuid:1:87,ConvertInterfaceLuidToIndex:1:87';
    const { wire, stop } = await host.startAgent({ library, environment: { RIG_FAULTS } });
    const found = (await wire.listInterfaces()).interfaces.find(({ alias }) => alias === 'dmz0');
    if (found === undefined) throw new Error('dmz0 is not listed');
    for (const selector of [
      { $case: 'luid', value: found.luid },
      { $case: 'guid', value: found.guid },
      { $case: 'index', value: found.index },
    ] as const) {
      expect(await failureOf(wire.listRoutes({ interface: { selector } }))).toMatchObject({
        code: 'NOT_FOUND',
        reason: 'INTERFACE_NOT_FOUND',
      });
      expect((await wire.listRoutes({ interface: { selector } })).routeCount).toBeGreaterThan(0);
    }
    expect(await stop()).toBe(0);
  });

  it('reads again when the table grows between the two calls of GetIpForwardTable', async () => {
    const environment = { RIG_FAULTS: 'GetIpForwardTable2:*:50', RIG_TABLE_GROWS: '1' };
    const agent = await host.startAgent({ library, environment });
    const { routes } = await agent.wire.listRoutes();
    expect(routes.map(({ destinationPrefix }) => destinationPrefix)).toEqual(
      expect.arrayContaining(['0.0.0.0/0', '198.18.0.0/24', '192.0.2.0/24']),
    );
    expect(await agent.stop()).toBe(0);
  });

  it('believes the row and not the code when SetIpForwardEntry leaves the metric', async () => {
    const agent = await host.startAgent({ library, environment: { RIG_CLASSIC_SET_IGNORES_METRIC: '1' } });
    expect(await agent.wire.setRoute({ route: { ...existing, metric: 9 } })).toMatchObject({
      function: 'SetIpForwardEntry2',
      route: { metric: 9 },
    });
    expect(await host.namespace.ip('route show exact 198.18.0.0/24')).toContain('metric 34');
    expect(await agent.stop()).toBe(0);
  });
});
