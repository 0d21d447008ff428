import { describe, expect, it } from 'vitest';
import { AddressFamily, RouteProtocol } from '../../proto/gen/routefleet/v1/route.pb.js';
import { RouteView } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { ContractSubject } from './contract-host.js';
import { byAlias, failureOf, useContractHost } from './fixture.js';

/** What the agent tells of its host: interfaces, rows, filters, best routes, revisions. */
export function describeReading(subject: ContractSubject): void {
  describe(`${subject.name}: reading`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;

    it('lists the interfaces with index, LUID, GUID, addresses and metrics', async () => {
      const { interfaces } = await wire().listInterfaces();
      const first = interfaces.find(({ alias }) => alias === fixture.host.first.alias);
      expect(first?.guid).toMatch(/^\{[\dA-F]{8}(-[\dA-F]{4}){3}-[\dA-F]{12}\}$/);
      expect(first?.bindings.find(({ family }) => family === AddressFamily.IPV4)?.metric).toBeGreaterThan(0);
      expect(first?.addresses.length).toBeGreaterThan(0);
      expect(interfaces.map(({ index }) => index)).toEqual(interfaces.map(({ index }) => index).toSorted((a, b) => a - b));
    });

    it('finds an interface by alias in any case, by index, by LUID and by GUID', async () => {
      const { interfaces } = await wire().listInterfaces();
      const second = interfaces.find(({ alias }) => alias === fixture.host.second.alias);
      if (second === undefined) throw new Error('the second interface is not listed');
      const selectors = [
        { $case: 'alias', value: second.alias.toUpperCase() },
        { $case: 'index', value: second.index },
        { $case: 'luid', value: second.luid },
        { $case: 'guid', value: second.guid.toLowerCase() },
        { $case: 'guid', value: second.guid.slice(1, -1) },
      ] as const;
      for (const selector of selectors) {
        const { routes } = await wire().listRoutes({ interface: { selector } });
        expect(new Set(routes.map(({ interfaceLuid }) => interfaceLuid))).toEqual(new Set([second.luid]));
      }
    });

    it('names the interfaces there are when asked for one that there is not', async () => {
      const selectors = [
        { $case: 'alias', value: 'no such interface' },
        { $case: 'index', value: 4_000_000 },
        { $case: 'luid', value: 0xffff_0000_0000_0000n },
        { $case: 'guid', value: '{00000000-0000-0000-0000-00000000dead}' },
      ] as const;
      for (const selector of selectors) {
        const failure = await failureOf(wire().listRoutes({ interface: { selector } }));
        expect(failure).toMatchObject({ code: 'NOT_FOUND', reason: 'INTERFACE_NOT_FOUND' });
        expect(failure.facts.remedy).toContain(fixture.host.first.alias);
      }
    });

    it('announces the number of rows, and every row has its interface', async () => {
      const { routeCount, routes, bootId } = await wire().listRoutes();
      expect(routes.length).toBe(routeCount);
      expect(routes.length).toBeGreaterThan(0);
      expect(bootId).not.toBe('');
      expect(routes.filter(({ interfaceAlias, interfaceIndex }) => interfaceAlias === '' || interfaceIndex === 0)).toEqual([]);
    });

    it('filters on the server', async () => {
      const { first, second } = fixture.host;
      await fixture.create({ destinationPrefix: '198.19.0.0/16', nextHop: first.nextHops4[0], metric: 3 });
      await fixture.create({ destinationPrefix: '198.19.5.0/24', nextHop: second.nextHops4[0], metric: 300 });
      await fixture.create({ destinationPrefix: '198.19.5.128/25', nextHop: first.nextHops4[1], metric: 30 });
      const matching = async (filter: Parameters<ReturnType<typeof wire>['listRoutes']>[0]): Promise<string[]> =>
        (await wire().listRoutes(filter)).routes.map(({ destinationPrefix }) => destinationPrefix).toSorted();
      const within = { destination: { $case: 'withinPrefix', value: '198.19.0.0/16' } } as const;
      expect(await matching({ destination: { $case: 'exactPrefix', value: '198.19.5.0/24' } })).toEqual(['198.19.5.0/24']);
      expect(await matching(within)).toEqual(['198.19.0.0/16', '198.19.5.0/24', '198.19.5.128/25']);
      const covering = await matching({ destination: { $case: 'coveringAddress', value: '198.19.5.7' } });
      expect(covering.filter((prefix) => prefix.startsWith('198.19.'))).toEqual(['198.19.0.0/16', '198.19.5.0/24']);
      expect(await matching({ ...within, interface: byAlias(second.alias) })).toEqual(['198.19.5.0/24']);
      expect(await matching({ ...within, nextHop: first.nextHops4[1] })).toEqual(['198.19.5.128/25']);
      expect(await matching({ ...within, minMetric: 30 })).toEqual(['198.19.5.0/24', '198.19.5.128/25']);
      expect(await matching({ ...within, maxMetric: 30 })).toEqual(['198.19.0.0/16', '198.19.5.128/25']);
      expect(await matching({ ...within, protocols: [RouteProtocol.NET_MGMT] })).toHaveLength(3);
      expect(await matching({ ...within, protocols: [RouteProtocol.LOCAL, RouteProtocol.BGP] })).toEqual([]);
      expect(await matching({ ...within, family: AddressFamily.IPV6 })).toEqual([]);
    });

    it('tells the same in the views FULL and PACKED, whatever is asked for', async () => {
      const { first, second } = fixture.host;
      await fixture.create({ destinationPrefix: '198.19.0.0/16', nextHop: first.nextHops4[0], metric: 3 });
      await fixture.create({ destinationPrefix: '198.19.5.0/24', nextHop: second.nextHops4[0], metric: 70_000 });
      await fixture.create({ destinationPrefix: '198.19.7.0/24', interface: byAlias(first.alias) });
      if (first.nextHops6) await fixture.create({ destinationPrefix: fixture.prefix6(), nextHop: first.nextHops6[0] });
      if (subject.capabilities.ipv6)
        await fixture.create({ destinationPrefix: fixture.prefix6(), nextHop: 'fe80::1', interface: byAlias(first.alias) });
      if (subject.capabilities.lifetimes) {
        const validLifetime = { seconds: 5000n, nanos: 0 };
        await fixture.create({ destinationPrefix: fixture.prefix4(), nextHop: first.nextHops4[1], validLifetime });
      }
      const owned = { destinationPrefix: fixture.prefix4(), nextHop: first.nextHops4[0] };
      await fixture.create({ ...owned, persistent: true }, 'views');
      const filters: readonly Parameters<typeof fixture.rowsIn>[1][] = [
        undefined,
        { family: AddressFamily.IPV6 },
        { owner: 'views' },
        { destination: { $case: 'withinPrefix', value: '198.18.0.0/15' } },
        { interface: byAlias(second.alias), minMetric: 5 },
        { protocols: [RouteProtocol.LOCAL] },
        { destination: { $case: 'exactPrefix', value: '192.0.2.77/32' } },
      ];
      for (const filter of filters) {
        const full = await fixture.rowsIn(RouteView.FULL, filter);
        expect(await fixture.rowsIn(RouteView.PACKED, filter)).toEqual(full);
        expect(await fixture.rowsIn(RouteView.UNSPECIFIED, filter)).toEqual(full);
      }
      expect(await fixture.rowsIn(RouteView.PACKED, { owner: 'views' })).toMatchObject([{ ...owned, owner: 'views', persistent: true }]);
      if (subject.capabilities.ipv6) {
        const nextHops = (await fixture.rowsIn(RouteView.PACKED)).map(({ nextHop }) => nextHop);
        expect(nextHops).toContainEqual(expect.stringMatching(/^fe80::1%\d+$/));
      }
    });

    it('refuses a view that the contract does not list', async () => {
      const failure = await failureOf(wire().listRoutes({}, 7 as RouteView));
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_ENUM' });
    });

    it('tells the best route by longest prefix, then by effective metric, with the source address', async () => {
      const { first, second } = fixture.host;
      const wide = fixture.prefix4();
      const address = wide.replace('.0/24', '.200');
      const best = async (): Promise<string | undefined> => (await wire().getBestRoute({ destination: address })).route?.nextHop;
      await fixture.create({ destinationPrefix: wide, nextHop: first.nextHops4[0], metric: 500 });
      expect(await best()).toBe(first.nextHops4[0]);
      await fixture.create({ destinationPrefix: wide, nextHop: second.nextHops4[0], metric: 1 });
      expect(await best()).toBe(second.nextHops4[0]);
      await fixture.create({ destinationPrefix: wide.replace('.0/24', '.128/25'), nextHop: first.nextHops4[1], metric: 5000 });
      expect(await best()).toBe(first.nextHops4[1]);
      const { interfaces } = await wire().listInterfaces();
      const own = interfaces.find(({ alias }) => alias === first.alias)?.addresses.map((entry) => entry.address);
      expect(own).toContain((await wire().getBestRoute({ destination: address })).sourceAddress);
    });

    it('keeps its revision while nothing changes, and raises it when something does', async () => {
      const { revision } = await wire().listRoutes();
      expect((await wire().listRoutes()).revision).toBe(revision);
      await fixture.create({ destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] });
      const after = (await wire().listRoutes()).revision;
      expect(after).toBeGreaterThan(revision);
      const options = { expectedRevision: revision };
      const stale = wire().createRoute({
        route: { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] },
        options,
      });
      expect(await failureOf(stale)).toMatchObject({ code: 'ABORTED', reason: 'REVISION_MISMATCH' });
      expect((await wire().listRoutes()).revision).toBe(after);
    });
  });
}
