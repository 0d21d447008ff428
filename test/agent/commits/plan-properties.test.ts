import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Receipt } from '../../../agent/commits/commit.js';
import { type Plan, planChange } from '../../../agent/commits/plan.js';
import type { PlanningGround } from '../../../agent/commits/plan-steps.js';
import type { ResolvedOperation } from '../../../agent/commits/resolve-operations.js';
import { RouteTableError } from '../../../agent/routes/errors.js';
import type { NetworkInterface } from '../../../agent/routes/network-interface.js';
import { previewCreated } from '../../../agent/routes/preview.js';
import { keyText, type Route, type RouteKey } from '../../../agent/routes/route.js';
import { parseAddress } from '../../../proto/address.js';
import {
  type Asked,
  type AskedChange,
  changeOf,
  changes,
  editOf,
  type Members,
  metric,
  type Rows,
  rowsAfter,
  slot,
  slots,
} from './arbitraries.js';
import { patienceMs, row } from './fixture.js';

let runs = 0;
afterAll(() => console.log(`properties of plans: ${runs} runs`));

const indexes: Readonly<Record<string, number>> = { Ethernet0: 4, Storage: 6 };
const bindings = ([4, 6] as const).map((family) => ({
  family,
  metric: 25,
  automaticMetric: false,
  mtu: 1500,
  connected: true,
  forwarding: false,
}));
const interfaces = new Map(
  Object.entries(indexes).map(([alias, index]) => [
    BigInt(index),
    { alias, index, luid: BigInt(index), guid: `{${alias}}`, bindings } as unknown as NetworkInterface,
  ]),
);

const keys = new Map(
  slots.map((text): [string, RouteKey] => {
    const { nextHop, interfaceAlias } = editOf(text);
    const index = indexes[interfaceAlias] ?? 0;
    return [
      text,
      { destinationPrefix: row(text).destinationPrefix, nextHop: parseAddress(nextHop), interface: { index, luid: BigInt(index) } },
    ];
  }),
);
const slotOf = new Map([...keys].map(([text, key]) => [keyText(key), text]));

function keyOf(text: string): RouteKey {
  const key = keys.get(text);
  if (key === undefined) throw new Error(`no slot ${text}`);
  return key;
}

function resolve({ slot: text, action, lenient, metric: wanted, publish }: Asked, index: number): ResolvedOperation {
  const route = { ...keyOf(text), metric: wanted, publish };
  switch (action) {
    case 'create':
      return { index, action, route, persistent: false, allowExisting: lenient };
    case 'set':
      return { index, action, route, persistent: false, etag: '' };
    case 'put':
      return { index, action, route, persistent: false };
    case 'delete':
      return { index, action, key: route, allowMissing: lenient, etag: '', registryValues: [] };
  }
}

function ground(routes: ReadonlyMap<string, Route>, receipts: ReadonlyMap<string, Receipt>, owner: string): PlanningGround {
  const missing = () => new RouteTableError('ROUTE_NOT_FOUND', 'no such row', { remedy: '' });
  return { reading: { revision: 1n, fingerprint: 'table', routes, interfaces }, receipts, owner, bindingsKnown: true, missing };
}

/** Carries the steps out in their order; every one finds the row as it says. */
function execute({ steps }: Plan, routes: ReadonlyMap<string, Route>, receipts: ReadonlyMap<string, Receipt>) {
  const [rows, owned] = [new Map(routes), new Map(receipts)];
  for (const { key, before, after, receipt } of steps) {
    expect(rows.get(keyText(key))).toBe(before);
    if (after === undefined) rows.delete(keyText(key));
    else rows.set(keyText(key), after);
    if (receipt === undefined) continue;
    expect(owned.get(keyText(receipt.key))).toBe(receipt.before);
    if (receipt.after === undefined) owned.delete(keyText(receipt.key));
    else owned.set(keyText(receipt.key), receipt.after);
  }
  return { rows, owned };
}

const membersOf = (routes: ReadonlyMap<string, Route>): Rows =>
  new Map([...routes].map(([key, route]): [string, Members] => [slotOf.get(key) ?? key, { metric: route.metric, publish: route.publish }]));

const tables = fc.uniqueArray(fc.record({ slot, metric, publish: fc.boolean() }), {
  selector: (each) => each.slot,
  maxLength: slots.length,
});
const ownersOf = fc.dictionary(slot, fc.constantFrom('netops', 'lab'), { maxKeys: 6, noNullPrototype: true });

it(
  'leads to the rows that are asked for, creates before it deletes, and leads nowhere from there',
  async () => {
    const property = fc.asyncProperty(tables, ownersOf, changes, async (table, owners, asked: AskedChange) => {
      runs += 1;
      const routes = new Map(
        table.map((each) => {
          const key = keyOf(each.slot);
          const route = previewCreated({ ...key, metric: each.metric, publish: each.publish }, interfaces.get(key.interface.luid));
          return [keyText(key), route] as const;
        }),
      );
      const receipts = new Map(
        Object.entries(owners).map(([text, owner]): [string, Receipt] => {
          const key = keyOf(text);
          const desired = { ...key, metric: 0, publish: undefined };
          return [keyText(key), { owner, persistent: false, desired, interfaceGuid: interfaces.get(key.interface.luid)?.guid }];
        }),
      );
      const [change, operations] = [changeOf(asked), asked.asked.map(resolve)];
      const view = { controllers: [], destinations: [] };
      const plan = await planChange(ground(routes, receipts, asked.owner), change, operations, view);
      const kinds = plan.steps.map(({ kind }) => ['create', 'set', 'delete', 'unchanged'].indexOf(kind));
      expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
      expect((await planChange(ground(routes, receipts, asked.owner), change, operations, view)).token).toBe(plan.token);

      const wanted = rowsAfter(asked, membersOf(routes), new Map(Object.entries(owners)));
      expect(wanted === undefined && plan.refused.length === 0).toBe(false);
      if (wanted === undefined) return;
      const { rows, owned } = execute(plan, routes, receipts);
      expect(membersOf(rows)).toEqual(wanted);
      const puts = asked.asked.filter((each) => wanted.has(each.slot)).map((each) => ({ ...each, action: 'put' as const }));
      if (plan.refused.length > 0) return;
      const again = await planChange(ground(rows, owned, asked.owner), change, puts.map(resolve), view);
      expect(again.steps.filter(({ kind, receipt }) => kind !== 'unchanged' || receipt !== undefined)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 8000 });
  },
  patienceMs,
);
