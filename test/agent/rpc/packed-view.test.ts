import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../../agent/commits/commit.js';
import type { InterfaceLookup } from '../../../agent/iphlpapi/interface-lookup.js';
import { packRows } from '../../../agent/iphlpapi/pack-rows.js';
import { toRoute } from '../../../agent/iphlpapi/route-reader.js';
import { rowWords } from '../../../agent/iphlpapi/row-words.js';
import { TraitsDictionary } from '../../../agent/iphlpapi/traits-dictionary.js';
import { gatherRows } from '../../../agent/routes/select-rows.js';
import { serializeListRoutes } from '../../../agent/rpc/codec/list-routes-message.js';
import { encodePacked } from '../../../agent/rpc/codec/packed-routes.js';
import { encodeRoute } from '../../../agent/rpc/codec/route.js';
import { createAddressText } from '../../../client/codec/address-text.js';
import { readRows } from '../../../client/codec/route-rows.js';
import type { Route } from '../../../client/index.js';
import { ListRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { anyRow, tableWords } from '../iphlpapi/table-rows.js';

const lookup = {
  alias: (luid) => (luid === 0n ? undefined : `Ethernet ${luid}`),
  metric: (family, luid) => (luid === 7n ? undefined : family * 10),
} as Pick<InterfaceLookup, 'alias' | 'metric'> as InterfaceLookup;

const receipt = fc.option(fc.record({ owner: fc.constantFrom('team-a', 'team-ö'), persistent: fc.boolean() }), { nil: undefined });

/** What a client of the SDK sees of a message, after it went over the wire. */
function seen(message: Partial<ListRoutesResponse>): Route[] {
  const sent = serializeListRoutes(ListRoutesResponse.fromPartial({ revision: 3n, bootId: 'boot', routeCount: 9, ...message } as never));
  const received = ListRoutesResponse.decode(sent);
  expect(received).toMatchObject({ revision: 3n, bootId: 'boot', routeCount: 9 });
  const rows = readRows(received, createAddressText());
  return Array.from({ length: rows.count }, (_, row) => rows.at(row));
}

describe('the view PACKED', () => {
  it('tells what the view FULL tells, member by member, of whatever rows, also of some gathered from several chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyRow, receipt, fc.boolean()), { maxLength: 30 }),
        fc.integer({ min: 1, max: 31 }),
        (rows, chunkSize) => {
          const words = tableWords(rows.map(([row]) => row));
          const dictionary = new TraitsDictionary(lookup);
          const selections = [];
          for (let first = 0; first < rows.length; first += chunkSize) {
            const count = Math.min(chunkSize, rows.length - first);
            const chunk = packRows({ words, first: first * rowWords, count }, dictionary, { count: 0, low: 0, high: 0 });
            const wanted = Uint16Array.from([...Array(count).keys()].filter((row) => rows[first + row]?.[2]));
            selections.push({ chunk, rows: wanted.length === count ? undefined : wanted });
          }
          const gathered = gatherRows(selections);
          const chosen = rows.filter(([, , wanted]) => wanted);
          const full = chosen.map(([row, owner]) => encodeRoute(toRoute(row, lookup), owner));
          const packed = encodePacked(gathered, (_chunk, row) => chosen[row]?.[1] as Receipt | undefined);
          const inFull = seen({ routes: full });
          expect(gathered.count).toBe(chosen.length);
          expect(seen({ packed })).toEqual(inFull);
          expect(JSON.stringify(seen({ packed }), asText)).toBe(JSON.stringify(inFull, asText));
        },
      ),
    );
  });

  it('is written as the generated code writes it, but for the order of fields', () => {
    const words = tableWords(fc.sample(anyRow, 300));
    const chunk = packRows({ words, first: 0, count: 300 }, new TraitsDictionary(lookup), { count: 0, low: 0, high: 0 });
    const response = ListRoutesResponse.fromPartial({ routeCount: 300, packed: encodePacked(chunk, undefined) } as never);
    expect(serializeListRoutes(response)).toEqual(Buffer.from(ListRoutesResponse.encode(response).finish()));
  });
});

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
