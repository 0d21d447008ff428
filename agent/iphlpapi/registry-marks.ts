import type { Address } from '../../proto/address.js';
import type { RouteChunk, RouteTraits } from '../routes/route-chunk.js';
import { stir } from './fingerprint.js';
import { goesBy, wordOf } from './persistent-route.js';
import type { PersistentRoutes } from './registry-reader.js';

/** Whether an address is one of an interface. */
export type IsOwnAddress = (luid: bigint, address: Pick<Address, 'bytes'>) => boolean;

/** Marks rows of one table that stand in the registry. */
export interface RegistryMarks {
  /** The chunk with its rows marked; the same one, where none is. */
  mark(chunk: RouteChunk): Promise<RouteChunk>;
  /** Differs with the rows that were marked, whatever their order. Undefined: none was. */
  readonly fingerprint: string | undefined;
}

/**
 * Rows are marked by other traits, which those have in common: no column grows, and the reading itself knows nothing of it.
 *
 * @param ownAddresses - asked at most once, and only where an on-link row may be meant
 */
export function createRegistryMarks(routes: PersistentRoutes, ownAddresses: () => Promise<IsOwnAddress>): RegistryMarks {
  const marked = new Map<RouteTraits, RouteTraits>();
  const mayStand = new Uint8Array(sketchSize);
  for (const destination of routes.keys()) mayStand[sketchOf(destination)] = 1;
  let isOwn: IsOwnAddress | undefined;
  let count = 0;
  let sum = 0;

  const markedOf = (traits: RouteTraits): RouteTraits => {
    const known = marked.get(traits) ?? { ...traits, inRegistry: true };
    marked.set(traits, known);
    return known;
  };

  return {
    get fingerprint() {
      return count === 0 ? undefined : `${count}-${(sum >>> 0).toString(16)}`;
    },
    async mark(chunk) {
      const { addressWidth, nextHops, prefixLengths } = chunk;
      let changed: (Pick<RouteChunk, 'traitPositions'> & { readonly traits: RouteTraits[] }) | undefined;
      for (const row of candidates(chunk, mayStand)) {
        const own = chunk.traits[chunk.traitPositions[row] as number];
        if (own?.family !== 4) continue;
        const destination = wordOf({ bytes: chunk.destinations.subarray(row * addressWidth, row * addressWidth + 4) });
        const nextHop = wordOf({ bytes: nextHops.subarray(row * addressWidth, row * addressWidth + 4) });
        const length = prefixLengths[row] as number;
        let stands = false;
        for (const route of routes.get(destination) ?? []) {
          const answer = goesBy(route, length, nextHop);
          if (answer === undefined) isOwn ??= await ownAddresses();
          stands ||= answer ?? isOwn?.(own.interface.luid, route.gateway) ?? false;
        }
        if (!stands) continue;
        changed ??= { traits: [...chunk.traits], traitPositions: chunk.traitPositions.slice() };
        const known = changed.traits.indexOf(markedOf(own));
        changed.traitPositions[row] = known >= 0 ? known : changed.traits.push(markedOf(own)) - 1;
        count += 1;
        sum = (sum + stir(stir(stir(stir(1, destination), nextHop), length), own.interface.index)) | 0;
      }
      return changed === undefined ? chunk : { ...chunk, ...changed };
    },
  };
}

/** Numbers that destinations are told apart by, mostly. */
const sketchSize = 65_536;

function sketchOf(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> 16;
}

/** Rows whose destination may be one of the registry: a few of most tables. A map of all destinations would be asked for every row, at ten times the price. */
function candidates({ count, addressWidth, destinations }: RouteChunk, mayStand: Uint8Array): number[] {
  const words = new Int32Array(destinations.buffer, destinations.byteOffset, destinations.byteLength / 4);
  const step = addressWidth / 4;
  const found: number[] = [];
  for (let row = 0, at = 0; row < count; row++, at += step) if (mayStand[sketchOf(words[at] as number)] === 1) found.push(row);
  return found;
}
