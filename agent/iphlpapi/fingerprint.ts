import { createHash } from 'node:crypto';
import type { Family } from '../../proto/address.js';
import type { Route } from '../routes/route.js';
import { MIB_IPFORWARD_ROW2 } from './layout.js';

/** Members that change by themselves: a row that only grew older is the same row. */
const volatile: ReadonlySet<number> = new Set([
  MIB_IPFORWARD_ROW2.ValidLifetime,
  MIB_IPFORWARD_ROW2.PreferredLifetime,
  MIB_IPFORWARD_ROW2.Age,
]);
const words: readonly number[] = Array.from({ length: MIB_IPFORWARD_ROW2.size / 4 }, (_, index) => index * 4).filter(
  (offset) => !volatile.has(offset),
);

/** Two independent 32-bit sums over the rows of a table: equal for equal tables in any order of rows. */
export function fingerprintRows(view: DataView, offsets: readonly number[]): string {
  let low = offsets.length;
  let high = 0;
  for (const offset of offsets) {
    let hash = 0x811c9dc5;
    for (const word of words) hash = Math.imul(hash ^ view.getUint32(offset + word, true), 0x0100_0193) ^ (hash >>> 15);
    low = (low + hash) | 0;
    high = (high + Math.imul(hash ^ (hash >>> 13), 0x5bd1_e995)) | 0;
  }
  return `${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, '0')}`;
}

/** What the rows have from their interfaces, of which each family has a metric of its own. */
export function fingerprintInterfaces(routes: readonly Route[]): string {
  const facts: Record<Family, Map<bigint, string>> = { 4: new Map(), 6: new Map() };
  for (const { destinationPrefix, interface: identity, interfaceMetric, interfaceAlias } of routes) {
    const known = facts[destinationPrefix.family];
    if (!known.has(identity.luid)) known.set(identity.luid, `${identity.luid} ${interfaceMetric} ${interfaceAlias}`);
  }
  const told = [facts[4], facts[6]].map((known) => [...known.values()].sort());
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
}
