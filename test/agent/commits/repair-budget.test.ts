import { expect, it } from 'vitest';
import type { Receipt } from '../../../agent/commits/commit.js';
import { createRepairBudget } from '../../../agent/commits/repair-budget.js';
import { parseAddress } from '../../../proto/address.js';
import { parsePrefix } from '../../../proto/prefix.js';

const minute = 60_000;

function receipt(prefix = '10.0.0.0/8'): Receipt {
  const desired = {
    destinationPrefix: parsePrefix(prefix),
    nextHop: parseAddress('192.0.2.1'),
    interface: { luid: 1n, index: 1 },
  };
  return { owner: 'a', persistent: true, desired, interfaceGuid: undefined };
}

/** How many of the repairs at these times are granted. */
function granted(budget: ReturnType<typeof createRepairBudget>, one: Receipt, ...times: number[]): boolean[] {
  return times.map((time) => budget.spend(one, time));
}

it('grants five repairs of a row within a minute, and then none for ten', () => {
  const budget = createRepairBudget();
  const one = receipt();
  expect(granted(budget, one, 0, 1, 2, 3, 4, 5, minute, 9 * minute)).toEqual([true, true, true, true, true, false, false, false]);
  expect(granted(budget, one, 11 * minute, 11 * minute + 1)).toEqual([true, true]);
});

it('grants a repair every now and then without end', () => {
  const budget = createRepairBudget();
  const times = Array.from({ length: 40 }, (_, index) => index * 16_000);
  expect(granted(budget, receipt(), ...times).every(Boolean)).toBe(true);
});

it('counts rows apart, and a new receipt of a row anew', () => {
  const budget = createRepairBudget();
  const one = receipt();
  granted(budget, one, 0, 1, 2, 3, 4);
  expect(budget.spend(receipt('10.1.0.0/16'), 5)).toBe(true);
  expect(budget.spend(one, 5)).toBe(false);
  expect(budget.spend(receipt(), 5)).toBe(true);
});
