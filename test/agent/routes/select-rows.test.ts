import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createInterfaceLookup } from '../../../agent/iphlpapi/interface-lookup.js';
import { packRows } from '../../../agent/iphlpapi/pack-rows.js';
import { rowWords } from '../../../agent/iphlpapi/row-words.js';
import { TraitsDictionary } from '../../../agent/iphlpapi/traits-dictionary.js';
import { compileFilter, compileRowFilter, type RouteFilter } from '../../../agent/routes/filter.js';
import { nextHopText, type Route } from '../../../agent/routes/route.js';
import { type RouteChunk, routeAt } from '../../../agent/routes/route-chunk.js';
import { gatherRows, inPortions, selectedCount, selectRows } from '../../../agent/routes/select-rows.js';
import { simulateHost } from '../../../agent/simulate.js';
import { anyRow, tableWords } from '../iphlpapi/table-rows.js';

const { iphlpapi } = simulateHost({ profile: 'office', simulateHostNumber: 1 });
const lookup = createInterfaceLookup(iphlpapi);

const anyFilter: fc.Arbitrary<RouteFilter> = fc.record(
  {
    family: fc.constantFrom(4 as const, 6 as const),
    destination: fc.constantFrom(
      { match: 'within' as const, prefix: { family: 4 as const, bytes: new Uint8Array(4), length: 1 } },
      { match: 'covering' as const, address: { family: 6 as const, bytes: new Uint8Array(16), scopeId: 0 } },
    ),
    interface: fc.constantFrom({ luid: 7n, index: 12 }),
    nextHop: fc.constantFrom({ family: 4 as const, bytes: new Uint8Array(4), scopeId: 0 }),
    protocols: fc.constantFrom(new Set([2, 3]), new Set<number>()),
    origins: fc.constantFrom(new Set([0]), new Set([1, 4])),
    owner: fc.constant('even metrics'),
    minMetric: fc.nat(300),
    maxMetric: fc.nat(300),
  },
  { requiredKeys: [] },
);

const ownerOf = ({ metric }: Route): string | undefined => (metric % 2 === 0 ? 'even metrics' : undefined);
const comparable = (route: Route) => ({ ...route, nextHop: nextHopText(route) });
const routesOf = (chunk: RouteChunk): Route[] => Array.from({ length: chunk.count }, (_, row) => routeAt(chunk, row));

it('selects the rows that the filter passes one by one, and brings them into portions in their order', () => {
  const sizes = fc.integer({ min: 1, max: 25 });
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 24 }), anyFilter, sizes, sizes, (rows, filter, chunkSize, portionSize) => {
      const words = tableWords(rows);
      const dictionary = new TraitsDictionary(lookup);
      const chunks: RouteChunk[] = [];
      for (let row = 0; row < rows.length; row += chunkSize) {
        const count = Math.min(chunkSize, rows.length - row);
        chunks.push(packRows({ words, first: row * rowWords, count }, dictionary, { count: 0, low: 0, high: 0 }));
      }
      const passes = compileRowFilter(filter);
      const expected = chunks.flatMap(routesOf).filter((route) => passes(route, ownerOf));
      const selections = chunks.map((chunk) => selectRows(chunk, compileFilter(filter), (...row) => ownerOf(routeAt(...row))));
      expect(selections.reduce((sum, selection) => sum + selectedCount(selection), 0)).toBe(expected.length);
      const portions = [...inPortions(selections, portionSize)].map(gatherRows);
      expect(portions.flatMap(routesOf).map(comparable)).toEqual(expected.map(comparable));
      expect(portions.slice(0, -1).map(({ count }) => count)).toEqual(portions.slice(0, -1).map(() => portionSize));
      expect(portions.at(-1)?.count ?? 1).toBeGreaterThan(0);
    }),
  );
});

it('gives a chunk of which every row is wanted out as it is, without a copy', () => {
  const chunk = packRows({ words: tableWords(fc.sample(anyRow, 5)), first: 0, count: 5 }, new TraitsDictionary(lookup), {
    count: 0,
    low: 0,
    high: 0,
  });
  const [portion] = [...inPortions([selectRows(chunk, compileFilter({}), () => undefined)], 5)];
  expect(gatherRows(portion ?? [])).toBe(chunk);
});
