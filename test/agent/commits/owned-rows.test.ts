import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Receipt } from '../../../agent/commits/commit.js';
import { findOwnedRows } from '../../../agent/commits/owned-rows.js';
import { createInterfaceLookup } from '../../../agent/iphlpapi/interface-lookup.js';
import { packRows } from '../../../agent/iphlpapi/pack-rows.js';
import { TraitsDictionary } from '../../../agent/iphlpapi/traits-dictionary.js';
import { keyText } from '../../../agent/routes/route.js';
import { routeAt } from '../../../agent/routes/route-chunk.js';
import { simulateHost } from '../../../agent/simulate.js';
import { anyRow, tableWords } from '../iphlpapi/table-rows.js';

const lookup = createInterfaceLookup(simulateHost({ profile: 'office', simulateHostNumber: 1 }).iphlpapi);

it('finds the receipt of each row that has one, and no other', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(anyRow, fc.boolean()), { maxLength: 20, selector: ([row]) => String(row.destinationPrefix.bytes) }),
      (rows) => {
        const count = rows.length;
        const words = tableWords(rows.map(([row]) => row));
        const chunk = packRows({ words, first: 0, count }, new TraitsDictionary(lookup), { count: 0, low: 0, high: 0 });
        const receipts = new Map<string, Receipt>();
        for (const [index, [, isOwned]] of rows.entries()) {
          const route = routeAt(chunk, index);
          const desired = { destinationPrefix: route.destinationPrefix, nextHop: route.nextHop, interface: route.interface };
          if (isOwned) receipts.set(keyText(route), { owner: `of row ${index}`, persistent: false, desired, interfaceGuid: undefined });
        }
        const receiptAt = findOwnedRows(receipts);
        const found = rows.map((_, index) => receiptAt(chunk, index)?.owner);
        expect(found).toEqual(rows.map(([, isOwned], index) => (isOwned ? `of row ${index}` : undefined)));
      },
    ),
  );
});
