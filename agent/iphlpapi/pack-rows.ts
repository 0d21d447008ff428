import type { RouteChunk, RouteTraits } from '../routes/route-chunk.js';
import { type RowSums, scatter, stir } from './fingerprint.js';
import { INFINITE } from './layout.js';
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

/** A lifetime in words. */
const infinite = INFINITE | 0;

let chunks = 0;

/**
 * Rows of MIB_IPFORWARD_ROW2 as columns, with their part of the fingerprint. This is the hot path of reading: a pass over the words of the table,
 * which makes no object of a row and looks its traits up only where they are not those of the row before.
 */
export function packRows(rows: RowWords, dictionary: TraitsDictionary, sums: RowSums): RouteChunk {
  return packAs(4, rows, dictionary, sums) ?? (packAs(16, rows, dictionary, sums) as RouteChunk);
}

/** Undefined: there is an IPv6 row among them, and its addresses do not fit. */
function packAs(
  addressWidth: 4 | 16,
  { words, first, count: rowCount }: RowWords,
  dictionary: TraitsDictionary,
  sums: RowSums,
): RouteChunk | undefined {
  chunks = (chunks + 1) % 0x4000_0000;
  const chunk = chunks;
  const wide = addressWidth === 16;
  const addressWords = addressWidth / 4;
  const traits: RouteTraits[] = [];
  const columns = allocateColumns(rowCount, wide);
  const { traitPositions, destinations, prefixLengths, nextHops, metrics, ages } = columns;
  let nextHopZones: Int32Array | undefined;
  let validLifetimes: Int32Array | undefined;
  let preferredLifetimes: Int32Array | undefined;

  let { low, high } = sums;
  let known: KnownTraits | undefined;
  let isIPv6 = false;
  let position = 0;
  let start = 0;
  let count = 0;
  for (let row = 0, base = first; row < rowCount; row++, base += rowWords) {
    if (known === undefined || !known.fit(words, base)) {
      known = dictionary.find(words, base);
      isIPv6 = known.traits?.family === 6;
      if (isIPv6 && !wide) return undefined;
      if (known.chunk !== chunk) {
        known.chunk = chunk;
        known.position = known.traits === undefined ? -1 : traits.push(known.traits) - 1;
      }
      position = known.position;
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
      const zone = isLinkLocal(words[base + at.nextHop6] as number)
        ? (words[base + at.interfaceIndex] as number)
        : (words[base + at.nextHopZone] as number);
      if (zone !== 0) {
        nextHopZones ??= new Int32Array(rowCount);
        nextHopZones[count] = zone;
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
    if (validLifetime !== infinite) {
      validLifetimes ??= new Int32Array(rowCount).fill(infinite);
      validLifetimes[count] = validLifetime;
    }
    if (preferredLifetime !== infinite) {
      preferredLifetimes ??= new Int32Array(rowCount).fill(infinite);
      preferredLifetimes[count] = preferredLifetime;
    }
    low = (low + hash) | 0;
    high = (high + scatter(hash)) | 0;
    count += 1;
  }
  sums.count += count;
  sums.low = low;
  sums.high = high;
  const bytes = ({ buffer, byteOffset }: Int32Array): Uint8Array => new Uint8Array(buffer, byteOffset, count * addressWidth);
  const numbers = ({ buffer, byteOffset }: Int32Array): Uint32Array => new Uint32Array(buffer, byteOffset, count);
  return {
    count,
    traits,
    traitPositions: traitPositions.subarray(0, count),
    addressWidth,
    destinations: bytes(destinations),
    prefixLengths: prefixLengths.subarray(0, count),
    nextHops: bytes(nextHops),
    nextHopZones: nextHopZones && numbers(nextHopZones),
    metrics: numbers(metrics),
    validLifetimes: validLifetimes && numbers(validLifetimes),
    preferredLifetimes: preferredLifetimes && numbers(preferredLifetimes),
    ages: numbers(ages),
  };
}

/** The columns that every chunk has, in one piece of memory. */
function allocateColumns(
  rows: number,
  wide: boolean,
): { readonly [column in 'destinations' | 'nextHops' | 'metrics' | 'ages']: Int32Array } & {
  readonly traitPositions: Uint16Array;
  readonly prefixLengths: Uint8Array;
} {
  const addresses = (wide ? 4 : 1) * rows;
  // Every row writes all of its bytes but for what a wide address of IPv4 leaves free.
  const { buffer } = wide ? new Uint8Array(4 * (2 * addresses + 2 * rows) + 3 * rows) : Buffer.allocUnsafeSlow(19 * rows);
  const words = (start: number, length: number): Int32Array => new Int32Array(buffer, 4 * start, length);
  const behind = 4 * (2 * addresses + 2 * rows);
  return {
    destinations: words(0, addresses),
    nextHops: words(addresses, addresses),
    metrics: words(2 * addresses, rows),
    ages: words(2 * addresses + rows, rows),
    traitPositions: new Uint16Array(buffer, behind, rows),
    prefixLengths: new Uint8Array(buffer, behind + 2 * rows, rows),
  };
}

/** fe80::/10 by the first word of the address, RFC 4291 section 2.5.6. */
function isLinkLocal(firstWord: number): boolean {
  return (firstWord & 0xc0ff) === 0x80fe;
}
