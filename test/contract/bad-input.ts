import { describe, expect, it } from 'vitest';
import type { WriteOptions } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteFilter, RouteSpec } from '../../proto/gen/routefleet/v1/route.pb.js';
import type { Partially } from '../support/wire.js';
import type { ContractSubject } from './contract-host.js';
import { byAlias, failureOf, useContractHost } from './fixture.js';

const seconds = (value: number): { seconds: bigint; nanos: number } => ({ seconds: BigInt(value), nanos: 0 });

/** [what is wrong, the route, reason, what the message must name] */
const badRoutes: readonly [string, Partially<RouteSpec>, string, string][] = [
  ['no prefix', {}, 'MISSING_FIELD', 'route.destination_prefix'],
  ['text that is no prefix', { destinationPrefix: 'ten slash eight' }, 'INVALID_PREFIX', '"ten slash eight"'],
  ['a prefix without length', { destinationPrefix: '10.0.0.0' }, 'INVALID_PREFIX', '"10.0.0.0"'],
  ['an IPv4 length above 32', { destinationPrefix: '10.0.0.0/33' }, 'INVALID_PREFIX', '0 to 32'],
  ['an IPv6 length above 128', { destinationPrefix: '2001:db8::/129' }, 'INVALID_PREFIX', '0 to 128'],
  ['host bits', { destinationPrefix: '10.1.2.3/8' }, 'HOST_BITS_SET', '"10.1.2.3/8"'],
  ['IPv6 host bits', { destinationPrefix: '2001:db8::1/32' }, 'HOST_BITS_SET', '"2001:db8::1/32"'],
  ['a next hop that is no address', { destinationPrefix: '10.0.0.0/8', nextHop: '192.0.2' }, 'INVALID_ADDRESS', '"192.0.2"'],
  ['a next hop of the other family', { destinationPrefix: '10.0.0.0/8', nextHop: '2001:db8::1' }, 'FAMILY_MISMATCH', '2001:db8::1'],
  ['an unusable zone', { destinationPrefix: '2001:db8::/32', nextHop: 'fe80::1%eth0' }, 'INVALID_ADDRESS', '"fe80::1%eth0"'],
  [
    'a preferred lifetime above the valid one',
    { destinationPrefix: '10.0.0.0/8', validLifetime: seconds(10), preferredLifetime: seconds(11) },
    'INVALID_LIFETIME',
    '11 s',
  ],
  ['a negative lifetime', { destinationPrefix: '10.0.0.0/8', validLifetime: seconds(-1) }, 'INVALID_LIFETIME', '-1 s'],
  ['half a second', { destinationPrefix: '10.0.0.0/8', validLifetime: { seconds: 1n, nanos: 500_000_000 } }, 'INVALID_LIFETIME', '1.5 s'],
];

const badFilters: readonly [string, Partially<RouteFilter>, string, string][] = [
  ['an unknown family', { family: 5 as never }, 'INVALID_ENUM', 'filter.family: 5'],
  ['an unknown protocol', { protocols: [99 as never] }, 'INVALID_ENUM', 'filter.protocols: 99'],
  ['an unknown origin', { origins: [42 as never] }, 'INVALID_ENUM', 'filter.origins: 42'],
  [
    'a covering address that is a prefix',
    { destination: { $case: 'coveringAddress', value: '10.0.0.0/8' } },
    'INVALID_ADDRESS',
    '"10.0.0.0/8"',
  ],
  ['a malformed GUID', { interface: { selector: { $case: 'guid', value: '{1234}' } } }, 'INVALID_ARGUMENT', '"{1234}"'],
];

const badOptions: readonly [string, Partially<WriteOptions>, string, string][] = [
  ['an owner that is no name', { owner: 'two words' }, 'INVALID_TEXT', 'options.owner: "two words"'],
  ['a commit id that is no name', { commitId: 'a\nb' }, 'INVALID_TEXT', 'options.commit_id'],
  ['a comment of many lines', { comment: 'a\nb' }, 'INVALID_TEXT', 'options.comment'],
  ['a comment that is too long', { comment: 'x'.repeat(257) }, 'INVALID_TEXT', '256'],
  ['no time to confirm', { confirmWithin: seconds(0) }, 'INVALID_DURATION', 'options.confirm_within: 0 s'],
  ['more than a day to confirm', { confirmWithin: seconds(86_401) }, 'INVALID_DURATION', '86401 s'],
  ['a risk that is none', { acceptedRisks: [0 as never] }, 'INVALID_ENUM', 'options.accepted_risks'],
  ['an unknown risk', { acceptedRisks: [9 as never] }, 'INVALID_ENUM', 'options.accepted_risks: 9'],
  ['an empty probe', { probes: [{}] }, 'MISSING_FIELD', 'options.probes[0]'],
  ['a probe of no port', { probes: [{ probe: { $case: 'tcpConnect', value: '192.0.2.1' } }] }, 'INVALID_ARGUMENT', '"192.0.2.1"'],
  [
    'a probe of two families',
    { probes: [{ probe: { $case: 'bestRoute', value: { destination: '192.0.2.1', nextHop: '::' } } }] },
    'FAMILY_MISMATCH',
    'options.probes[0].best_route',
  ],
  [
    'a probe that takes too long',
    { probes: [{ probe: { $case: 'managementPeer', value: true }, timeout: seconds(61) }] },
    'INVALID_DURATION',
    'options.probes[0].timeout',
  ],
];

/** What a careless or hostile client sends: a clear error with value, rule and remedy, and nothing is written. */
export function describeBadInput(subject: ContractSubject): void {
  describe(`${subject.name}: bad input`, () => {
    const fixture = useContractHost(subject);
    const wire = () => fixture.host.wire;

    it.each(badRoutes)('refuses to create, set and delete with %s', async (_what, route, reason, named) => {
      const before = await wire().listRoutes();
      const calls = [wire().createRoute({ route }), wire().setRoute({ route })];
      if (reason !== 'INVALID_LIFETIME') calls.push(wire().deleteRoute({ key: route }) as never);
      for (const call of calls) {
        const failure = await failureOf(call);
        expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason });
        expect(failure.message.replace('key.', 'route.')).toContain(named);
        expect(failure.facts.remedy).not.toBe('');
      }
      expect((await wire().listRoutes()).revision).toBe(before.revision);
    });

    it.each(badFilters)('refuses to list with %s', async (_what, filter, reason, named) => {
      const failure = await failureOf(wire().listRoutes(filter));
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason });
      expect(failure.message).toContain(named);
    });

    it('refuses a request without its route or key', async () => {
      for (const call of [wire().createRoute(), wire().setRoute(), wire().deleteRoute(), wire().getRoute(), wire().getBestRoute()]) {
        expect(await failureOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'MISSING_FIELD' });
      }
    });

    it('refuses a zone that contradicts the interface', async () => {
      const interfaces = (await wire().listInterfaces()).interfaces;
      const second = interfaces.find(({ alias }) => alias === fixture.host.second.alias)?.index ?? 0;
      const route = { destinationPrefix: '2001:db8::/32', nextHop: `fe80::1%${second}`, interface: byAlias(fixture.host.first.alias) };
      expect(await failureOf(wire().createRoute({ route }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_ADDRESS' });
    });

    it('leaves the rows of the system to the system', async () => {
      const nextHop = fixture.host.first.nextHops4[0];
      for (const destinationPrefix of ['127.0.0.0/8', '224.0.0.0/4', '239.1.0.0/16', '255.255.255.255/32']) {
        const failure = await failureOf(wire().createRoute({ route: { destinationPrefix, nextHop } }));
        expect(failure).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'SYSTEM_ROUTE' });
      }
      const { routes } = await wire().listRoutes({ protocols: [2], family: 4 });
      const own = routes.find(({ interfaceAlias }) => interfaceAlias === fixture.host.first.alias);
      const key = { destinationPrefix: own?.destinationPrefix, nextHop: own?.nextHop, interface: byAlias(fixture.host.first.alias) };
      expect(await failureOf(wire().deleteRoute({ key }))).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'SYSTEM_ROUTE' });
      expect(await failureOf(wire().setRoute({ route: { ...key, metric: 1 } }))).toMatchObject({ reason: 'SYSTEM_ROUTE' });
      // Its age runs on.
      expect({ ...(await wire().getRoute({ key })).route, age: undefined }).toEqual({ ...own, age: undefined });
    });

    it.each(badOptions)('refuses options with %s, and writes nothing', async (_what, options, reason, named) => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0] };
      const failure = await failureOf(wire().createRoute({ route, options }));
      expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason });
      expect(failure.message).toContain(named);
      expect(await failureOf(wire().getRoute({ key: route }))).toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
    });

    it('refuses a persistent route without an owner, or with a lifetime', async () => {
      const route = { destinationPrefix: fixture.prefix4(), nextHop: fixture.host.first.nextHops4[0], persistent: true };
      expect(await failureOf(wire().createRoute({ route }))).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'OWNER_REQUIRED' });
      const mortal = { ...route, validLifetime: seconds(60) };
      expect(await failureOf(wire().createRoute({ route: mortal, options: { owner: 'x' } }))).toMatchObject({ reason: 'INVALID_LIFETIME' });
    });
  });
}
