import type { Family } from '../../proto/address.js';
import type { Route } from './route.js';

/** What rows of a table have in common by the thousand. */
export interface RouteTraits
  extends Pick<
    Route,
    | 'interface'
    | 'interfaceAlias'
    | 'interfaceMetric'
    | 'protocol'
    | 'origin'
    | 'sitePrefixLength'
    | 'loopback'
    | 'autoconfigured'
    | 'publish'
    | 'immortal'
    | 'inRegistry'
  > {
  /** Of destination prefix and next hop. */
  readonly family: Family;
}

/** Rows of a table as columns, one value for each row: a reading of a million rows makes no object of any of them. Numbers are little-endian. */
export interface RouteChunk {
  readonly count: number;
  readonly traits: readonly RouteTraits[];
  /** Where in `traits` those of the row are. */
  readonly traitPositions: Uint16Array;
  /** Bytes of each address: 4 when all rows are IPv4; otherwise 16, of which rows of IPv4 use the first 4. */
  readonly addressWidth: 4 | 16;
  readonly destinations: Uint8Array;
  readonly prefixLengths: Uint8Array;
  readonly nextHops: Uint8Array;
  /** Undefined: no next hop has a zone. A link-local one has the interface as its zone. */
  readonly nextHopZones: Uint32Array | undefined;
  readonly metrics: Uint32Array;
  /** In seconds; 0xffffffff: infinite. Undefined: all are. */
  readonly validLifetimes: Uint32Array | undefined;
  /** In seconds; 0xffffffff: infinite. Undefined: all are. */
  readonly preferredLifetimes: Uint32Array | undefined;
  /** In seconds. */
  readonly ages: Uint32Array;
}

/** A lifetime that does not end, in a column. */
export const infinite = 0xffff_ffff;

/** Most rows of a chunk: one takes a millisecond or two to make, whatever is made of it. */
export const chunkRows = 4096;

/** A row of a chunk. */
export function routeAt(chunk: RouteChunk, row: number): Route {
  const traits = chunk.traits[chunk.traitPositions[row] as number] as RouteTraits;
  const { family, origin, interfaceAlias, interfaceMetric } = traits;
  const start = row * chunk.addressWidth;
  const end = start + (family === 4 ? 4 : 16);
  return {
    destinationPrefix: { family, bytes: chunk.destinations.slice(start, end), length: chunk.prefixLengths[row] as number },
    nextHop: { family, bytes: chunk.nextHops.slice(start, end), scopeId: chunk.nextHopZones?.[row] ?? 0 },
    interface: traits.interface,
    interfaceAlias,
    metric: chunk.metrics[row] as number,
    interfaceMetric,
    protocol: traits.protocol,
    origin,
    validLifetimeSeconds: finite(chunk.validLifetimes?.[row]),
    preferredLifetimeSeconds: finite(chunk.preferredLifetimes?.[row]),
    ageSeconds: chunk.ages[row] as number,
    sitePrefixLength: traits.sitePrefixLength,
    loopback: traits.loopback,
    autoconfigured: traits.autoconfigured,
    publish: traits.publish,
    immortal: traits.immortal,
    inRegistry: traits.inRegistry,
  };
}

function finite(seconds: number | undefined): number | undefined {
  return seconds === infinite ? undefined : seconds;
}
