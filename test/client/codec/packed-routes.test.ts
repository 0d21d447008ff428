import { describe, expect, it } from 'vitest';
import { createAddressText } from '../../../client/codec/address-text.js';
import { readPackedRoutes } from '../../../client/codec/packed-routes.js';
import type { Route } from '../../../client/index.js';
import { PackedRoutes } from '../../../proto/gen/routefleet/v1/packed_routes.pb.js';

const traits = {
  family: 4,
  interfaceIndex: 12,
  interfaceLuid: 9_007_199_254_740_993n,
  interfaceAlias: 'Ethernet',
  interfaceMetric: 25,
  protocol: 3,
  origin: 1,
};

/** Two rows: 10.0.0.0/8 via 192.0.2.1, metric 5; 10.1.0.0/16 on-link, metric 256. */
function packed(change: object = {}): PackedRoutes {
  return PackedRoutes.fromPartial({
    count: 2,
    traits: [traits],
    traitPositions: Uint8Array.of(0, 0, 0, 0),
    destinations: Uint8Array.of(10, 0, 0, 0, 10, 1, 0, 0),
    prefixLengths: Uint8Array.of(8, 16),
    nextHops: Uint8Array.of(192, 0, 2, 1, 0, 0, 0, 0),
    metrics: Uint8Array.of(5, 0, 0, 0, 0, 1, 0, 0),
    ages: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0),
    ...change,
  } as never);
}

function read(message: PackedRoutes): Route[] {
  const rows = readPackedRoutes(message, createAddressText());
  return Array.from({ length: rows.count }, (_, row) => rows.at(row));
}

describe('rows in columns', () => {
  it('are rows as any other', () => {
    const [first, second] = read(packed());
    expect(first).toEqual({
      destinationPrefix: '10.0.0.0/8',
      nextHop: '192.0.2.1',
      onLink: false,
      family: 'ipv4',
      interfaceIndex: 12,
      interfaceLuid: 9_007_199_254_740_993n,
      interfaceAlias: 'Ethernet',
      metric: 5,
      interfaceMetric: 25,
      effectiveMetric: 30,
      protocol: 'netMgmt',
      origin: 'manual',
      validLifetimeSeconds: undefined,
      preferredLifetimeSeconds: undefined,
      ageSeconds: 7,
      sitePrefixLength: 0,
      loopback: false,
      autoconfigured: false,
      publish: false,
      immortal: false,
      owner: undefined,
      persistent: false,
      etag: '5-3-0-0-0000',
      inRegistry: false,
    });
    expect({ ...second }).toMatchObject({ destinationPrefix: '10.1.0.0/16', nextHop: '0.0.0.0', onLink: true, metric: 256 });
  });

  it('stand in the registry by their traits, which agents from before there was that leave out', () => {
    const message = packed({ traits: [traits, { ...traits, inRegistry: true }], traitPositions: Uint8Array.of(1, 0, 0, 0) });
    expect(read(message).map(({ inRegistry, etag }) => [inRegistry, etag])).toEqual([
      [true, '5-3-0-0-0000'],
      [false, '256-3-0-0-0000'],
    ]);
  });

  it('have owners, lifetimes and zones where there are columns of them', () => {
    const ipv6 = (last: number): number[] => [0xfe, 0x80, ...Array(13).fill(0), last];
    const message = packed({
      traits: [{ ...traits, family: 6, interfaceMetric: undefined, origin: 0, publish: true }],
      destinations: Uint8Array.from([...ipv6(0), ...ipv6(0)]),
      nextHops: Uint8Array.from([...ipv6(1), ...ipv6(2)]),
      nextHopZones: Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0),
      validLifetimes: Uint8Array.of(60, 0, 0, 0, 255, 255, 255, 255),
      ownerships: [{ owner: 'team-a', persistent: true }],
      ownershipPositions: Uint8Array.of(0, 0, 1, 0),
    });
    expect(read(message)).toMatchObject([
      { destinationPrefix: 'fe80::/8', nextHop: 'fe80::1%12', validLifetimeSeconds: 60, effectiveMetric: undefined, etag: '5-3--0-0010' },
      { destinationPrefix: 'fe80::/16', nextHop: 'fe80::2', validLifetimeSeconds: undefined, owner: 'team-a', persistent: true },
    ]);
  });

  it('may be none', () => {
    expect(read(PackedRoutes.fromPartial({}))).toEqual([]);
  });

  it.each([
    ['more destinations than rows', { destinations: new Uint8Array(12) }, 'the column "destinations" has 12 bytes for 2 rows'],
    ['next hops of another width', { nextHops: new Uint8Array(32) }, 'the column "nextHops" has 32 bytes for 2 rows'],
    ['no metrics', { metrics: new Uint8Array(0) }, 'the column "metrics" has 0 bytes for 2 rows'],
    ['a torn column of zones', { nextHopZones: new Uint8Array(7) }, 'the column "nextHopZones" has 7 bytes for 2 rows'],
    ['too few prefix lengths', { prefixLengths: new Uint8Array(1) }, 'the column "prefixLengths" has 1 bytes for 2 rows'],
    ['more rows than its columns have', { count: 4_000_000_000 }, 'bytes for 4000000000 rows'],
    ['traits that are not there', { traitPositions: Uint8Array.of(0, 0, 1, 0) }, 'row 1 refers to number 1 of 1 traits'],
    ['owners that are not there', { ownershipPositions: Uint8Array.of(0, 0, 0, 9) }, 'row 1 refers to number 2304 of 1 ownerships'],
    ['a family that there is not', { traits: [{ ...traits, family: 9 }] }, 'address family 9'],
    ['IPv6 in addresses of 4 bytes', { traits: [{ ...traits, family: 6 }] }, 'addresses of 4 bytes for rows of IPv6'],
  ])('are malformed with %s', (_case, change, told) => {
    expect(() => read(packed(change))).toThrow(
      expect.objectContaining({ name: 'MalformedAnswerError', message: expect.stringContaining(told) }),
    );
  });
});
