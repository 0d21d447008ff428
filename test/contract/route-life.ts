import { describe, expect, it } from 'vitest';
import { RouteProtocol } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { ContractSubject } from './contract-host.js';
import { byAlias, failureOf, useContractHost } from './fixture.js';

/** Why a case is skipped, for its name. */
function unless(capable: boolean, what: string): string {
  return capable ? '' : ` (skipped: this table has no ${what})`;
}

/** Rows come, change and go: the three functions of the document, and keys. */
export function describeRouteLife(subject: ContractSubject): void {
  const classic = subject.ipv4Writes === 'classic';
  const functions = classic
    ? { create: 'CreateIpForwardEntry', set: 'SetIpForwardEntry', delete: 'DeleteIpForwardEntry' }
    : { create: 'CreateIpForwardEntry2', set: 'SetIpForwardEntry2', delete: 'DeleteIpForwardEntry2' };

  describe(`${subject.name}: the life of a route`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;

    it('creates, reads, changes and deletes an IPv4 route', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 7 };
      const created = await wire().createRoute({ route });
      expect(created).toMatchObject({ alreadyExisted: false, function: functions.create });
      expect(created.route).toMatchObject({ ...route, interfaceAlias: fixture.host.first.alias, protocol: RouteProtocol.NET_MGMT });
      expect((await wire().getRoute({ key: route })).route).toMatchObject(route);
      expect((await wire().listRoutes({ destination: { $case: 'exactPrefix', value: route.destinationPrefix } })).routes).toMatchObject([
        route,
      ]);

      const changed = await wire().setRoute({ route: { ...route, metric: 9 } });
      expect(changed).toMatchObject({ route: { metric: 9 }, previous: { metric: 7 } });
      expect([functions.set, 'SetIpForwardEntry2']).toContain(changed.function);
      expect((await wire().getRoute({ key: route })).route?.metric).toBe(9);

      const deleted = await wire().deleteRoute({ key: route });
      expect(deleted).toMatchObject({ route: { ...route, metric: 9 }, function: functions.delete });
      expect(await failureOf(wire().getRoute({ key: route }))).toMatchObject({ code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND' });
    });

    it.skipIf(!subject.capabilities.ipv6)(
      `creates, reads, changes and deletes an IPv6 route${unless(subject.capabilities.ipv6, 'IPv6')}`,
      async () => {
        const [nextHop] = fixture.host.first.nextHops6 ?? [];
        const route = { destinationPrefix: fixture.prefix6(), nextHop, metric: 7 };
        expect(await wire().createRoute({ route })).toMatchObject({ route, function: 'CreateIpForwardEntry2' });
        expect(await wire().setRoute({ route: { ...route, metric: 3 } })).toMatchObject({
          route: { metric: 3 },
          function: 'SetIpForwardEntry2',
        });
        expect(await wire().deleteRoute({ key: route })).toMatchObject({ route: { metric: 3 }, function: 'DeleteIpForwardEntry2' });
        expect(await failureOf(wire().getRoute({ key: route }))).toMatchObject({ code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND' });
      },
    );

    it.skipIf(!subject.capabilities.ipv6)(
      `takes a link-local next hop with its zone, and shows it with its zone${unless(subject.capabilities.ipv6, 'IPv6')}`,
      async () => {
        const { interfaces } = await wire().listInterfaces();
        const index = interfaces.find(({ alias }) => alias === fixture.host.second.alias)?.index ?? 0;
        const destinationPrefix = fixture.prefix6();
        const created = await fixture.create({ destinationPrefix, nextHop: `fe80::abcd%${index}` });
        expect(created).toMatchObject({ nextHop: `fe80::abcd%${index}`, interfaceIndex: index, interfaceAlias: fixture.host.second.alias });
        const byInterface = { destinationPrefix, nextHop: 'fe80::abcd', interface: byAlias(fixture.host.second.alias) };
        expect((await wire().getRoute({ key: byInterface })).route).toEqual(
          (await wire().getRoute({ key: { ...byInterface, interface: undefined } })).route,
        );
      },
    );

    it('shows the metric as the own offset, and the effective metric as the sum', async () => {
      const route = await fixture.create({ destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 11 });
      const { interfaces } = await wire().listInterfaces();
      const metric = interfaces.find(({ index }) => index === route.interfaceIndex)?.bindings.find(({ family }) => family === 4)?.metric;
      expect(route).toMatchObject({ metric: 11, interfaceMetric: metric, effectiveMetric: 11 + (metric ?? Number.NaN) });
    });

    it('gives a new route the metric 0 when none is asked for', async () => {
      expect(await fixture.create({ destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] })).toMatchObject({
        metric: 0,
      });
    });

    it('keeps two next hops of one prefix apart', async () => {
      const destinationPrefix = fixture.prefix4();
      const [one, other] = fixture.host.first.nextHops4;
      await fixture.create({ destinationPrefix, nextHop: one, metric: 5 });
      await fixture.create({ destinationPrefix, nextHop: other, metric: 5 });
      await wire().setRoute({ route: { destinationPrefix, nextHop: other, metric: 6 } });
      await wire().deleteRoute({ key: { destinationPrefix, nextHop: one } });
      const { routes } = await wire().listRoutes({ destination: { $case: 'exactPrefix', value: destinationPrefix } });
      expect(routes).toMatchObject([{ nextHop: other, metric: 6 }]);
    });

    it('keeps the same prefix on two interfaces apart', async () => {
      const destinationPrefix = fixture.prefix4();
      const { first, second } = fixture.host;
      await fixture.create({ destinationPrefix, nextHop: first.nextHops4[0] });
      await fixture.create({ destinationPrefix, nextHop: second.nextHops4[0] });
      await wire().deleteRoute({ key: { destinationPrefix, nextHop: second.nextHops4[0] } });
      const { routes } = await wire().listRoutes({ destination: { $case: 'exactPrefix', value: destinationPrefix } });
      expect(routes).toMatchObject([{ interfaceAlias: first.alias }]);
    });

    it('makes on-link routes, which need an interface', async () => {
      const destinationPrefix = fixture.prefix4();
      expect(await failureOf(wire().createRoute({ route: { destinationPrefix } }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        reason: 'MISSING_FIELD',
      });
      const created = await fixture.create({ destinationPrefix, interface: byAlias(fixture.host.first.alias) });
      expect(created).toMatchObject({ nextHop: '0.0.0.0', interfaceAlias: fixture.host.first.alias });
    });

    it('refuses a second row with the same key, also with another metric', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 4 };
      await fixture.create(route);
      const failure = await failureOf(wire().createRoute({ route: { ...route, metric: 5 } }));
      expect(failure).toMatchObject({ code: 'ALREADY_EXISTS', reason: 'ROUTE_EXISTS' });
      expect(failure.message).toContain('metric 4');
      expect((await wire().getRoute({ key: route })).route?.metric).toBe(4);
    });

    it('takes an existing row for a success when asked to, if it is as wanted', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 4 };
      await fixture.create(route);
      expect(await wire().createRoute({ route, allowExisting: true })).toMatchObject({ alreadyExisted: true, function: '' });
      const failure = await failureOf(wire().createRoute({ route: { ...route, metric: 5 }, allowExisting: true }));
      expect(failure).toMatchObject({ code: 'ALREADY_EXISTS', reason: 'ROUTE_EXISTS' });
    });

    it('never creates a row by setting it, also not just after deleting it', async () => {
      const route = {
        destinationPrefix: fixture.prefix4(),
        nextHop: fixture.host.first.nextHops4[0],
        interface: byAlias(fixture.host.first.alias),
      };
      const missing = { code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND', facts: { win32_code: '1168' } };
      expect(await failureOf(wire().setRoute({ route: { ...route, metric: 1 } }))).toMatchObject(missing);
      await fixture.create(route);
      await wire().deleteRoute({ key: route });
      expect(await failureOf(wire().setRoute({ route: { ...route, metric: 1 } }))).toMatchObject(missing);
      expect((await wire().listRoutes({ destination: { $case: 'exactPrefix', value: route.destinationPrefix } })).routes).toEqual([]);
    });

    it('leaves a row alone that already is as it shall be', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 4 };
      await fixture.create(route);
      expect(await wire().setRoute({ route })).toMatchObject({ function: '', route: { metric: 4 }, previous: { metric: 4 } });
    });

    it('takes a missing row for a success of deleting when asked to', async () => {
      const key = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] };
      expect(await failureOf(wire().deleteRoute({ key }))).toMatchObject({ code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND' });
      expect(await wire().deleteRoute({ key, allowMissing: true })).toMatchObject({ route: undefined, function: '' });
    });

    it('writes nothing when only asked to validate', async () => {
      const options = { validateOnly: true };
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 4 };
      const preview = await wire().createRoute({ route, options });
      expect(preview).toMatchObject({ function: '', route });
      expect(await failureOf(wire().getRoute({ key: route }))).toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
      const created = await fixture.create(route);
      expect({ ...preview.route, age: undefined }).toEqual({ ...created, age: undefined });
      expect(await failureOf(wire().createRoute({ route, options }))).toMatchObject({ reason: 'ROUTE_EXISTS' });
      expect(await wire().setRoute({ route: { ...route, metric: 8 }, options })).toMatchObject({
        function: '',
        route: { metric: 8 },
        previous: { metric: 4 },
      });
      expect(await wire().deleteRoute({ key: route, options })).toMatchObject({ function: '', route });
      expect((await wire().getRoute({ key: route })).route).toMatchObject(route);
    });

    it.skipIf(!subject.capabilities.lifetimes)(
      `keeps lifetimes, which only the ...2 functions can say${unless(subject.capabilities.lifetimes, 'finite IPv4 lifetimes')}`,
      async () => {
        const route = {
          destinationPrefix: fixture.prefix4(),
          nextHop: fixture.host.first.nextHops4[0],
          validLifetime: { seconds: 3600n, nanos: 0 },
          preferredLifetime: { seconds: 1800n, nanos: 0 },
        };
        const { route: created, function: writtenBy } = await wire().createRoute({ route });
        expect(writtenBy).toBe('CreateIpForwardEntry2');
        expect(Number(created?.validLifetime?.seconds)).toBeGreaterThan(3500);
        expect(Number(created?.preferredLifetime?.seconds)).toBeLessThanOrEqual(1800);
        const shorter = {
          destinationPrefix: route.destinationPrefix,
          nextHop: route.nextHop,
          preferredLifetime: { seconds: 600n, nanos: 0 },
        };
        const changed = await wire().setRoute({ route: shorter });
        expect(changed.function).toBe('SetIpForwardEntry2');
        expect(Number(changed.route?.preferredLifetime?.seconds)).toBeLessThanOrEqual(600);
        await wire().deleteRoute({ key: route });
      },
    );

    it('sees the etag of a row change with the row, and refuses an old one', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], metric: 4 };
      const { etag } = await fixture.create(route);
      await wire().setRoute({ route: { ...route, metric: 5 }, etag });
      expect(await failureOf(wire().setRoute({ route: { ...route, metric: 6 }, etag }))).toMatchObject({
        code: 'ABORTED',
        reason: 'ETAG_MISMATCH',
      });
      expect(await failureOf(wire().deleteRoute({ key: route, etag }))).toMatchObject({ code: 'ABORTED', reason: 'ETAG_MISMATCH' });
      expect((await wire().getRoute({ key: route })).route?.metric).toBe(5);
    });
  });
}
