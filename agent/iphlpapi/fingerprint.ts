import { createHash } from 'node:crypto';

/** Two independent 32-bit sums of hashes of rows: equal for equal tables in any order of rows. */
export interface RowSums {
  count: number;
  low: number;
  high: number;
}

/** Of the two sums; odd, so that no step loses anything. */
export const factors = { low: 0x0100_0193, high: 0x85eb_ca6b } as const;

/** One step of a 32-bit hash: words that differ have outcomes that differ. */
export function stir(hash: number, word: number, factor: number): number {
  const product = Math.imul(hash ^ word, factor);
  return product ^ (product >>> 15);
}

/** Of a table: its rows, and what they have from their interfaces. */
export function fingerprintOf({ count, low, high }: RowSums, interfaceFacts: readonly string[]): string {
  const sums = [count, high, low].map((sum) => (sum >>> 0).toString(16)).join('-');
  return `${sums}-${createHash('sha256').update(JSON.stringify(interfaceFacts)).digest('hex').slice(0, 16)}`;
}
