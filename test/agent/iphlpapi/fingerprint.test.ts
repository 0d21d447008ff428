import { expect, it } from 'vitest';
import { fingerprintRows } from '../../../agent/iphlpapi/fingerprint.js';
import { MIB_IPFORWARD_ROW2 } from '../../../agent/iphlpapi/layout.js';
import { dataView, encodeForwardRow2, type ForwardRow2 } from '../../../agent/iphlpapi/row-codec.js';

const nextHop = { family: 4, bytes: Uint8Array.of(192, 0, 2, 1), scopeId: 0 } as const;

function fingerprint(rows: readonly Partial<ForwardRow2>[]): string {
  const view = dataView(new Uint8Array(rows.length * MIB_IPFORWARD_ROW2.size));
  const offsets = rows.map((_, index) => index * MIB_IPFORWARD_ROW2.size);
  for (const [index, row] of rows.entries()) encodeForwardRow2(view, offsets[index] ?? 0, { nextHop, ...row });
  return fingerprintRows(view, offsets);
}

it('is the same for the same rows in any order, and for older ones', () => {
  const rows = [{ metric: 1, age: 5 }, { metric: 2 }, { metric: 3, validLifetime: 70 }];
  expect(fingerprint(rows.toReversed())).toBe(fingerprint(rows));
  expect(fingerprint([{ metric: 1, age: 6 }, { metric: 2 }, { metric: 3, validLifetime: 69, preferredLifetime: 3 }])).toBe(
    fingerprint(rows),
  );
});

it('differs when anything else of a row differs', () => {
  const base = { metric: 1, protocol: 3, origin: 0, interfaceIndex: 1, interfaceLuid: 1n, publish: false };
  const others = [{ metric: 2 }, { protocol: 2 }, { origin: 1 }, { interfaceIndex: 2 }, { interfaceLuid: 2n }, { publish: true }];
  const seen = [base, ...others.map((other) => ({ ...base, ...other }))].map((row) => fingerprint([row]));
  expect(new Set([fingerprint([]), ...seen, fingerprint([base, base])]).size).toBe(seen.length + 2);
});

it('does not collide over many tables that differ in one metric', () => {
  const seen = new Set(Array.from({ length: 20_000 }, (_, metric) => fingerprint([{ metric }, { metric: 7 }])));
  expect(seen.size).toBe(20_000);
});
