import { keyText } from '../routes/route.js';
import { type RouteChunk, routeAt } from '../routes/route-chunk.js';
import type { Receipt } from './commit.js';

/** Finds whose a row is; undefined: nobody's. */
export type OwnedRows = (chunk: RouteChunk, row: number) => Receipt | undefined;

/** @param receipts - by keyText. Most rows are nobody's, which their destination tells without a text being made of their key. */
export function findOwnedRows(receipts: ReadonlyMap<string, Receipt>): OwnedRows {
  if (receipts.size === 0) return () => undefined;
  const destinations = new Set<number>();
  for (const { desired } of receipts.values()) {
    const { bytes, length } = desired.destinationPrefix;
    destinations.add(hashOf(bytes, 0, bytes.length, length));
  }
  return (chunk, row) => {
    const width = chunk.traits[chunk.traitPositions[row] as number]?.family === 4 ? 4 : 16;
    const hash = hashOf(chunk.destinations, row * chunk.addressWidth, width, chunk.prefixLengths[row] as number);
    return destinations.has(hash) ? receipts.get(keyText(routeAt(chunk, row))) : undefined;
  };
}

function hashOf(bytes: Uint8Array, start: number, width: number, prefixLength: number): number {
  let hash = prefixLength;
  for (let index = start; index < start + width; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x0100_0193);
  return hash;
}
