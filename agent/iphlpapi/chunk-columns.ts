import type { RouteChunk, RouteTraits } from '../routes/route-chunk.js';
import { INFINITE } from './layout.js';

/** A lifetime that does not end, as a word. */
export const infinite: number = INFINITE | 0;

let made = 0;

/** The columns of a chunk while they are filled. */
export class ChunkColumns {
  /** Tells this chunk from others, for a while. */
  readonly id: number;
  readonly addressWidth: 4 | 16;
  readonly traits: RouteTraits[] = [];
  readonly destinations: Int32Array;
  readonly nextHops: Int32Array;
  readonly metrics: Int32Array;
  readonly ages: Int32Array;
  readonly traitPositions: Uint16Array;
  readonly prefixLengths: Uint8Array;
  /** Rows so far. */
  count = 0;
  /** Sums over the hashes of these rows. */
  low = 0;
  high = 0;
  readonly #rows: number;
  #nextHopZones: Int32Array | undefined;
  #validLifetimes: Int32Array | undefined;
  #preferredLifetimes: Int32Array | undefined;

  /** For so many rows. */
  constructor(rows: number, addressWidth: 4 | 16) {
    made = (made + 1) % 0x4000_0000;
    this.id = made;
    this.addressWidth = addressWidth;
    this.#rows = rows;
    // What every chunk has is one piece of memory. Rows write all of it, but for what a wide address of IPv4 leaves free.
    const addresses = (addressWidth / 4) * rows;
    const size = 8 * addresses + 11 * rows;
    const { buffer } = addressWidth === 16 ? new Uint8Array(size) : Buffer.allocUnsafeSlow(size);
    this.destinations = new Int32Array(buffer, 0, addresses);
    this.nextHops = new Int32Array(buffer, 4 * addresses, addresses);
    this.metrics = new Int32Array(buffer, 8 * addresses, rows);
    this.ages = new Int32Array(buffer, 8 * addresses + 4 * rows, rows);
    this.traitPositions = new Uint16Array(buffer, 8 * addresses + 8 * rows, rows);
    this.prefixLengths = new Uint8Array(buffer, 8 * addresses + 10 * rows, rows);
  }

  /** Of the next row, which has one. */
  setZone(zone: number): void {
    this.#nextHopZones ??= new Int32Array(this.#rows);
    this.#nextHopZones[this.count] = zone;
  }

  /** Of the next row, of which one or both are finite. */
  setLifetimes(valid: number, preferred: number): void {
    if (valid !== infinite) {
      this.#validLifetimes ??= new Int32Array(this.#rows).fill(infinite);
      this.#validLifetimes[this.count] = valid;
    }
    if (preferred !== infinite) {
      this.#preferredLifetimes ??= new Int32Array(this.#rows).fill(infinite);
      this.#preferredLifetimes[this.count] = preferred;
    }
  }

  /** The chunk of the rows so far, in the same memory. */
  toChunk(): RouteChunk {
    const { count, addressWidth } = this;
    return {
      count,
      traits: this.traits,
      traitPositions: this.traitPositions.subarray(0, count),
      addressWidth,
      destinations: new Uint8Array(this.destinations.buffer, this.destinations.byteOffset, count * addressWidth),
      prefixLengths: this.prefixLengths.subarray(0, count),
      nextHops: new Uint8Array(this.nextHops.buffer, this.nextHops.byteOffset, count * addressWidth),
      nextHopZones: numbers(this.#nextHopZones, count),
      metrics: numbers(this.metrics, count),
      validLifetimes: numbers(this.#validLifetimes, count),
      preferredLifetimes: numbers(this.#preferredLifetimes, count),
      ages: numbers(this.ages, count),
    };
  }
}

function numbers<Column extends Int32Array | undefined>(
  words: Column,
  count: number,
): Uint32Array | (Column extends undefined ? undefined : never) {
  type Numbers = Uint32Array | (Column extends undefined ? undefined : never);
  return (words && new Uint32Array(words.buffer, words.byteOffset, count)) as Numbers;
}
