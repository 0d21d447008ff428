import { createHash } from 'node:crypto';

/** Sums over the hashes of rows, and over those scattered: equal for equal tables in any order of rows. */
export interface RowSums {
  count: number;
  low: number;
  high: number;
}

/** One step of a 32-bit hash: words that differ have outcomes that differ. */
export function stir(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x0100_0193);
  return product ^ (product >>> 15);
}

/** Another number for each hash, that goes its own way in a sum. */
export function scatter(hash: number): number {
  return Math.imul(hash ^ (hash >>> 13), 0x5bd1_e995);
}

/** Of a table: its rows, and what they have from their interfaces. */
export function fingerprintOf({ count, low, high }: RowSums, interfaceFacts: readonly string[]): string {
  const sums = [count, high, low].map((sum) => (sum >>> 0).toString(16)).join('-');
  return `${sums}-${createHash('sha256').update(JSON.stringify(interfaceFacts)).digest('hex').slice(0, 16)}`;
}
