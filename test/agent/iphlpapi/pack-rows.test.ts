import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../agent/iphlpapi/fingerprint.js';
import type { InterfaceLookup } from '../../../agent/iphlpapi/interface-lookup.js';
import { packRows } from '../../../agent/iphlpapi/pack-rows.js';
import { toRoute } from '../../../agent/iphlpapi/route-reader.js';
import type { ForwardRow2 } from '../../../agent/iphlpapi/row-codec.js';
import { at, rowWords } from '../../../agent/iphlpapi/row-words.js';
import { TraitsDictionary } from '../../../agent/iphlpapi/traits-dictionary.js';
import { nextHopText } from '../../../agent/routes/route.js';
import { type RouteChunk, routeAt } from '../../../agent/routes/route-chunk.js';
import { anyRow, tableWords } from './table-rows.js';

const lookup = {
  alias: (luid) => (luid === 0n ? undefined : `Ethernet ${luid}`),
  metric: (family, luid) => (luid === 7n ? undefined : family * 10),
} as Pick<InterfaceLookup, 'alias' | 'metric'> as InterfaceLookup;

/** Chunks of so many rows. */
function pack(words: Int32Array, chunkSize = 100): { readonly chunks: RouteChunk[]; readonly fingerprint: string } {
  const dictionary = new TraitsDictionary(lookup);
  const sums = { count: 0, low: 0, high: 0 };
  const count = words.length / rowWords;
  const chunks: RouteChunk[] = [];
  for (let row = 0; row < count; row += chunkSize) {
    chunks.push(packRows({ words, first: row * rowWords, count: Math.min(chunkSize, count - row) }, dictionary, sums));
  }
  return { chunks, fingerprint: fingerprintOf(sums, dictionary.interfaceFacts()) };
}

const routesOf = (chunks: readonly RouteChunk[]) =>
  chunks.flatMap((chunk) => Array.from({ length: chunk.count }, (_, row) => routeAt(chunk, row)));
const comparable = (route: ReturnType<typeof routeAt>) => ({ ...route, nextHop: nextHopText(route) });

describe('rows in columns', () => {
  it('tell what the rows of the table tell, however many a chunk has', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), fc.integer({ min: 1, max: 21 }), (rows, chunkSize) => {
        const { chunks } = pack(tableWords(rows), chunkSize);
        expect(routesOf(chunks).map(comparable)).toEqual(rows.map((row) => comparable(toRoute(row, lookup))));
      }),
    );
  });

  it('have addresses of 4 bytes where all are IPv4, and of 16 otherwise', () => {
    const [v4, v6] = [row('192.0.2.0', 4), row('', 6)];
    const widths = pack(tableWords([v4, v4, v6, v4, v6, v6]), 2).chunks.map(({ addressWidth, destinations }) => [
      addressWidth,
      destinations.length,
    ]);
    expect(widths).toEqual([
      [4, 8],
      [16, 32],
      [16, 32],
    ]);
  });

  it('have no column of lifetimes or zones that no row has', () => {
    const forever = { validLifetime: 0xffff_ffff, preferredLifetime: 0xffff_ffff };
    const [plain] = pack(tableWords([{ ...row('192.0.2.0', 4), ...forever }])).chunks;
    expect(plain).toMatchObject({ validLifetimes: undefined, preferredLifetimes: undefined, nextHopZones: undefined });
    const mixed = [forever, { ...forever, validLifetime: 5 }].map((lifetimes) => ({ ...row('192.0.2.0', 4), ...lifetimes }));
    expect(pack(tableWords(mixed)).chunks[0]).toMatchObject({
      validLifetimes: Uint32Array.of(0xffff_ffff, 5),
      preferredLifetimes: undefined,
    });
  });

  it('leave out rows that are neither IPv4 nor IPv6', () => {
    const words = tableWords([row('192.0.2.0', 4), row('198.51.100.0', 4), row('203.0.113.0', 4)]);
    words[rowWords + at.destinationFamily] = 99;
    const { chunks, fingerprint } = pack(words);
    expect(routesOf(chunks).map(({ destinationPrefix }) => [...destinationPrefix.bytes].join('.'))).toEqual(['192.0.2.0', '203.0.113.0']);
    expect(fingerprint).toBe(pack(tableWords([row('192.0.2.0', 4), row('203.0.113.0', 4)])).fingerprint);
  });

  it('share the traits that they have in common', () => {
    const rows = [1, 2, 3, 4].map((metric) => ({ ...row('192.0.2.0', 4), metric, publish: metric > 3 }));
    const [chunk] = pack(tableWords(rows)).chunks;
    expect(chunk?.traits).toHaveLength(2);
    expect([...(chunk?.traitPositions ?? [])]).toEqual([0, 0, 0, 1]);
  });
});

describe('a row that differs from the one before in a single member', () => {
  const base = { ...row('192.0.2.0', 4), interfaceLuid: 1n, interfaceIndex: 1, protocol: 3, origin: 0 };
  it.each<[string, Partial<ForwardRow2>]>([
    ['the lower half of the LUID', { interfaceLuid: 2n }],
    ['the upper half of the LUID', { interfaceLuid: (1n << 32n) | 1n }],
    ['the index', { interfaceIndex: 2 }],
    ['the protocol', { protocol: 2 }],
    ['the origin', { origin: 1 }],
    ['the site prefix length', { sitePrefixLength: 8 }],
    ['loopback', { loopback: true }],
    ['autoconfigured', { autoconfigureAddress: true }],
    ['publish', { publish: true }],
    ['immortal', { immortal: true }],
    ['the family', row('', 6)],
  ])('%s, has it', (_member, other) => {
    const [first, second] = routesOf(pack(tableWords([base, { ...base, ...other }])).chunks);
    const [alone] = routesOf(pack(tableWords([{ ...base, ...other }])).chunks);
    expect(second).toEqual(alone);
    expect(second).not.toEqual(first);
  });
});

describe('the fingerprint of a table', () => {
  const fingerprint = (rows: readonly Partial<ForwardRow2>[], chunkSize?: number): string =>
    pack(tableWords(rows.map((each) => ({ ...row('192.0.2.0', 4), ...each }))), chunkSize).fingerprint;

  it('is the same for the same rows in any order and in chunks of any size, and for older ones', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 10 }), fc.integer({ min: 1, max: 11 }), fc.nat(), (rows, chunkSize, shift) => {
        const moved = [...rows.slice(shift % (rows.length + 1)), ...rows.slice(0, shift % (rows.length + 1))];
        const older = moved.map((each) => ({ ...each, age: 5, validLifetime: 3, preferredLifetime: 2 }));
        expect(pack(tableWords(older), chunkSize).fingerprint).toBe(pack(tableWords(rows)).fingerprint);
      }),
    );
  });

  it('differs when anything else of a row differs', () => {
    const base = { metric: 1, protocol: 3, origin: 0, interfaceIndex: 1, interfaceLuid: 1n, publish: false, sitePrefixLength: 0 };
    const others: Partial<ForwardRow2>[] = [
      { metric: 2 },
      { protocol: 2 },
      { origin: 1 },
      { interfaceIndex: 2 },
      { interfaceLuid: 2n },
      { interfaceLuid: 1n << 32n },
      { publish: true },
      { loopback: true },
      { immortal: true },
      { autoconfigureAddress: true },
      { sitePrefixLength: 1 },
      row('192.0.3.0', 4),
      { destinationPrefix: { family: 4, bytes: Uint8Array.of(192, 0, 2, 0), length: 25 } },
      { nextHop: { family: 4, bytes: Uint8Array.of(192, 0, 2, 2), scopeId: 0 } },
      row('', 6),
      { ...row('', 6), nextHop: { family: 6, bytes: new Uint8Array(16).fill(1, 15), scopeId: 0 } },
      { ...row('', 6), destinationPrefix: { family: 6, bytes: new Uint8Array(16).fill(1, 3, 4), length: 24 } },
    ];
    const seen = [base, ...others.map((other) => ({ ...base, ...other }))].map((each) => fingerprint([each]));
    expect(new Set([fingerprint([]), ...seen, fingerprint([base, base])]).size).toBe(seen.length + 2);
  });

  it('does not collide over many tables that differ in one metric, or in one destination', () => {
    const metrics = Array.from({ length: 10_000 }, (_, metric) => fingerprint([{ metric }, { metric: 7 }]));
    const destinations = Array.from({ length: 10_000 }, (_, number) =>
      fingerprint([row(`10.${number >> 8}.${number & 255}.0`, 4), { metric: 7 }]),
    );
    expect(new Set([...metrics, ...destinations]).size).toBe(20_000);
  });
});

/** A row to a network, on-link; of IPv6 to ::/24. */
function row(network: string, family: 4 | 6): Partial<ForwardRow2> {
  const bytes = family === 4 ? Uint8Array.from(network.split('.').map(Number)) : new Uint8Array(16);
  return { destinationPrefix: { family, bytes, length: 24 }, nextHop: { family, bytes: new Uint8Array(bytes.length), scopeId: 0 } };
}
