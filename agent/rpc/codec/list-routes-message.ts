import { PackedRoutes } from '../../../proto/gen/routefleet/v1/packed_routes.pb.js';
import { ListRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';

/** Numbers of the columns in PackedRoutes. */
const fields = {
  traitPositions: 3,
  destinations: 4,
  prefixLengths: 5,
  nextHops: 6,
  nextHopZones: 7,
  metrics: 8,
  validLifetimes: 9,
  preferredLifetimes: 10,
  ages: 11,
  ownershipPositions: 13,
} as const satisfies Partial<Record<keyof PackedRoutes, number>>;

type Column = keyof typeof fields;

const packedField = 5;
const columns = Object.entries(fields) as [Column, number][];
const none = new Uint8Array(0);
const withoutColumns = Object.fromEntries(columns.map(([name]) => [name, none])) as Record<Column, Uint8Array>;

/** Wire bytes of a message. The columns of the view PACKED are copied once, to where they belong; the generated code would move them five times. */
export function serializeListRoutes(response: ListRoutesResponse): Buffer {
  const { packed } = response;
  const head = ListRoutesResponse.encode({ ...response, packed: undefined }).finish();
  if (packed === undefined) return Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const start = PackedRoutes.encode({ ...packed, ...withoutColumns }).finish();
  const present = columns.flatMap(([name, field]) => (packed[name].length === 0 ? [] : [{ bytes: packed[name], field }]));
  const size = present.reduce((sum, { bytes }) => sum + 1 + varintSize(bytes.length) + bytes.length, start.length);
  const message = Buffer.allocUnsafe(head.length + 1 + varintSize(size) + size);
  let end = put(message, 0, head);
  end = putPrefix(message, end, packedField, size);
  end = put(message, end, start);
  for (const { bytes, field } of present) end = put(message, putPrefix(message, end, field, bytes.length), bytes);
  return message;
}

function put(target: Buffer, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  return at + bytes.length;
}

/** Tag of a field of bytes (wire type 2) and their length. */
function putPrefix(target: Buffer, at: number, field: number, length: number): number {
  let end = target.writeUInt8((field << 3) | 2, at);
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) end = target.writeUInt8((rest & 0x7f) | 0x80, end);
  return target.writeUInt8(rest, end);
}

function varintSize(value: number): number {
  return Math.ceil(Math.max(1, 32 - Math.clz32(value)) / 7);
}
