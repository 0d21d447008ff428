import type { PackedRoutes, RouteOwnership, RouteTraits as WireRouteTraits } from '../../../proto/gen/routefleet/v1/packed_routes.pb.js';
import type { RouteProtocol } from '../../../proto/gen/routefleet/v1/route.pb.js';
import type { OwnedRows } from '../../commits/owned-rows.js';
import type { RouteChunk, RouteTraits } from '../../routes/route-chunk.js';
import { wireFamily } from './family.js';
import { encodeOrigin } from './route.js';

const absent = new Uint8Array(0);

/** Rows as they go out in the view PACKED, with whose they are. The columns are those of the chunk, not copies. */
export function encodePacked(chunk: RouteChunk, ownershipAt: OwnedRows | undefined): PackedRoutes {
  return {
    count: chunk.count,
    traits: chunk.traits.map(encodeTraits),
    traitPositions: bytesOf(chunk.traitPositions),
    destinations: chunk.destinations,
    prefixLengths: chunk.prefixLengths,
    nextHops: chunk.nextHops,
    nextHopZones: bytesOf(chunk.nextHopZones),
    metrics: bytesOf(chunk.metrics),
    validLifetimes: bytesOf(chunk.validLifetimes),
    preferredLifetimes: bytesOf(chunk.preferredLifetimes),
    ages: bytesOf(chunk.ages),
    ...encodeOwnerships(chunk, ownershipAt),
  };
}

/** Traits as they go out. */
export function encodeTraits(traits: RouteTraits): WireRouteTraits {
  return {
    family: wireFamily[traits.family],
    interfaceIndex: traits.interface.index,
    interfaceLuid: traits.interface.luid,
    interfaceAlias: traits.interfaceAlias ?? '',
    interfaceMetric: traits.interfaceMetric,
    // The contract has Windows' own numbers.
    protocol: traits.protocol as RouteProtocol,
    origin: encodeOrigin(traits.origin),
    sitePrefixLength: traits.sitePrefixLength,
    loopback: traits.loopback,
    autoconfigured: traits.autoconfigured,
    publish: traits.publish,
    immortal: traits.immortal,
    inRegistry: traits.inRegistry,
  };
}

function encodeOwnerships(chunk: RouteChunk, ownershipAt: OwnedRows | undefined): Pick<PackedRoutes, 'ownerships' | 'ownershipPositions'> {
  if (ownershipAt === undefined) return { ownerships: [], ownershipPositions: absent };
  const positions = new Uint16Array(chunk.count);
  const known = new Map<string, number>();
  const ownerships: RouteOwnership[] = [];
  for (let row = 0; row < chunk.count; row++) {
    const ownership = ownershipAt(chunk, row);
    if (ownership === undefined) continue;
    const { owner, persistent } = ownership;
    const key = `${persistent} ${owner}`;
    const position = known.get(key) ?? ownerships.push({ owner, persistent });
    known.set(key, position);
    positions[row] = position;
  }
  return { ownerships, ownershipPositions: ownerships.length === 0 ? absent : bytesOf(positions) };
}

/** The memory of a column: little-endian, as the machines of Windows are. */
function bytesOf(column: Uint16Array | Uint32Array | undefined): Uint8Array {
  return column === undefined ? absent : new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
