import type { RouteChunk } from '../routes/route-chunk.js';
import { ChunkColumns, infinite } from './chunk-columns.js';
import { type RowSums, scatter, stir } from './fingerprint.js';
import { at, rowWords } from './row-words.js';
import type { KnownTraits, TraitsDictionary } from './traits-dictionary.js';

/** Rows of MIB_IPFORWARD_ROW2 in memory. */
export interface RowWords {
  /** The table in 32-bit words: Windows runs on little-endian machines alone. */
  readonly words: Int32Array;
  /** Word at which the first of the rows begins. */
  readonly first: number;
  readonly count: number;
}

/**
 * Rows in one call of the hot path. V8 compiles a loop that runs for long before it has seen what comes behind, and then leaves that code at the
 * end of every call; a short one it compiles as a whole, which is twice as fast.
 */
const blockRows = 256;

/** Rows of MIB_IPFORWARD_ROW2 as columns, with their part of the fingerprint. */
export function packRows(rows: RowWords, dictionary: TraitsDictionary, sums: RowSums): RouteChunk {
  const columns = packAs(4, rows, dictionary) ?? (packAs(16, rows, dictionary) as ChunkColumns);
  sums.count += columns.count;
  sums.low = (sums.low + columns.low) | 0;
  sums.high = (sums.high + columns.high) | 0;
  return columns.toChunk();
}

/** Undefined: there is an IPv6 row among them, and its addresses do not fit. */
function packAs(addressWidth: 4 | 16, { words, first, count }: RowWords, dictionary: TraitsDictionary): ChunkColumns | undefined {
  const columns = new ChunkColumns(count, addressWidth);
  for (let row = 0; row < count; row += blockRows) {
    const base = first + row * rowWords;
    if (!packBlock(words, base, base + Math.min(blockRows, count - row) * rowWords, dictionary, columns)) return undefined;
  }
  return columns;
}

/**
 * The hot path of reading: a pass over the words of rows, which makes no object of a row and looks its traits up only where they are not those of
 * the row before. False: see packAs.
 */
function packBlock(words: Int32Array, first: number, end: number, dictionary: TraitsDictionary, columns: ChunkColumns): boolean {
  const { addressWidth, destinations, nextHops, metrics, ages, traitPositions, prefixLengths } = columns;
  const addressWords = addressWidth / 4;
  let known: KnownTraits | undefined;
  let isIPv6 = false;
  let position = 0;
  let start = 0;
  let { count, low, high } = columns;
  for (let base = first; base < end; base += rowWords) {
    if (known === undefined || !known.fit(words, base)) {
      known = dictionary.find(words, base);
      isIPv6 = known.traits?.family === 6;
      if (isIPv6 && addressWidth === 4) return false;
      position = known.positionIn(columns);
      start = known.hash;
    }
    if (position < 0) continue;

    const length = (words[base + at.prefixLength] as number) & 0xff;
    const metric = words[base + at.metric] as number;
    let hash = stir(start + length, metric);
    if (isIPv6) {
      for (let part = 0; part < 4; part++) {
        const destination = words[base + at.destination6 + part] as number;
        const nextHop = words[base + at.nextHop6 + part] as number;
        destinations[4 * count + part] = destination;
        nextHops[4 * count + part] = nextHop;
        hash = stir(stir(hash, destination), nextHop);
      }
      const zone = words[base + (isLinkLocal(words[base + at.nextHop6] as number) ? at.interfaceIndex : at.nextHopZone)] as number;
      if (zone !== 0) {
        columns.count = count;
        columns.setZone(zone);
      }
    } else {
      const destination = words[base + at.destination4] as number;
      const nextHop = words[base + at.nextHop4] as number;
      destinations[addressWords * count] = destination;
      nextHops[addressWords * count] = nextHop;
      hash = stir(stir(hash, destination), nextHop);
    }
    traitPositions[count] = position;
    prefixLengths[count] = length;
    metrics[count] = metric;
    ages[count] = words[base + at.age] as number;
    const validLifetime = words[base + at.validLifetime] as number;
    const preferredLifetime = words[base + at.preferredLifetime] as number;
    if ((validLifetime & preferredLifetime) !== infinite) {
      columns.count = count;
      columns.setLifetimes(validLifetime, preferredLifetime);
    }
    low = (low + hash) | 0;
    high = (high + scatter(hash)) | 0;
    count += 1;
  }
  columns.count = count;
  columns.low = low;
  columns.high = high;
  return true;
}

/** fe80::/10 by the first word of the address, RFC 4291 section 2.5.6. */
function isLinkLocal(firstWord: number): boolean {
  return (firstWord & 0xc0ff) === 0x80fe;
}
