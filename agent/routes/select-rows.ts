import type { CompiledFilter } from './filter.js';
import { infinite, type RouteChunk, type RouteTraits, routeAt } from './route-chunk.js';

/** Rows of a chunk, in its order. */
export interface Selection {
  readonly chunk: RouteChunk;
  /** Undefined: all. */
  readonly rows: Uint16Array | undefined;
}

/** How many rows are selected. */
export function selectedCount({ chunk, rows }: Selection): number {
  return rows === undefined ? chunk.count : rows.length;
}

/** The rows of a chunk that pass. Only of rows whose traits pass more is looked at. */
export function selectRows(
  chunk: RouteChunk,
  { traits, row: passes }: CompiledFilter,
  ownerAt: (chunk: RouteChunk, row: number) => string | undefined,
): Selection {
  if (traits === undefined && passes === undefined) return { chunk, rows: undefined };
  const mayPass = chunk.traits.map((candidate) => traits === undefined || traits(candidate));
  const rows = new Uint16Array(chunk.count);
  let count = 0;
  for (let row = 0; row < chunk.count; row++) {
    if (!mayPass[chunk.traitPositions[row] as number]) continue;
    if (passes === undefined || passes(routeAt(chunk, row), () => ownerAt(chunk, row))) rows[count++] = row;
  }
  return { chunk, rows: rows.slice(0, count) };
}

/** The selected rows in portions of at most `size`, each of which may be of several chunks. */
export function* inPortions(selections: Iterable<Selection>, size: number): Generator<readonly Selection[]> {
  let portion: Selection[] = [];
  let room = size;
  for (const { chunk, rows } of selections) {
    const count = rows?.length ?? chunk.count;
    for (let start = 0; start < count; ) {
      const end = Math.min(count, start + room);
      const whole = rows === undefined && end - start === chunk.count;
      portion.push({ chunk, rows: whole ? undefined : rowsBetween(rows, start, end) });
      room -= end - start;
      start = end;
      if (room > 0) continue;
      yield portion;
      portion = [];
      room = size;
    }
  }
  if (portion.length > 0) yield portion;
}

function rowsBetween(rows: Uint16Array | undefined, start: number, end: number): Uint16Array {
  return rows === undefined ? Uint16Array.from({ length: end - start }, (_, index) => start + index) : rows.subarray(start, end);
}

/** Selected rows as one chunk. */
export function gatherRows(selections: readonly Selection[]): RouteChunk {
  const [first] = selections;
  if (first !== undefined && selections.length === 1 && first.rows === undefined) return first.chunk;
  const chunks = selections.map(({ chunk }) => chunk);
  const count = selections.reduce((sum, selection) => sum + selectedCount(selection), 0);
  const addressWidth = chunks.some((chunk) => chunk.addressWidth === 16) ? 16 : 4;
  const positions = new Map<RouteTraits, number>();
  const numbers = (column: 'nextHopZones' | 'validLifetimes' | 'preferredLifetimes'): Uint32Array | undefined =>
    chunks.some((chunk) => chunk[column] !== undefined) ? new Uint32Array(count) : undefined;
  const gathered = {
    count,
    traitPositions: new Uint16Array(count),
    addressWidth,
    destinations: new Uint8Array(count * addressWidth),
    prefixLengths: new Uint8Array(count),
    nextHops: new Uint8Array(count * addressWidth),
    nextHopZones: numbers('nextHopZones'),
    metrics: new Uint32Array(count),
    validLifetimes: numbers('validLifetimes'),
    preferredLifetimes: numbers('preferredLifetimes'),
    ages: new Uint32Array(count),
  } as const;
  let target = 0;
  for (const selection of selections) target = copyRows(selection, gathered, target, positions);
  return { ...gathered, traits: [...positions.keys()] };
}

/** Copies the selected rows to where `target` is, and tells where the next ones belong. */
function copyRows({ chunk, rows }: Selection, to: Omit<RouteChunk, 'traits'>, start: number, positions: Map<RouteTraits, number>): number {
  let target = start;
  const count = rows?.length ?? chunk.count;
  for (let index = 0; index < count; index++, target++) {
    const row = rows === undefined ? index : (rows[index] as number);
    const traits = chunk.traits[chunk.traitPositions[row] as number] as RouteTraits;
    const position = positions.get(traits) ?? positions.size;
    positions.set(traits, position);
    to.traitPositions[target] = position;
    const { addressWidth } = chunk;
    for (let byte = 0; byte < addressWidth && byte < to.addressWidth; byte++) {
      to.destinations[target * to.addressWidth + byte] = chunk.destinations[row * addressWidth + byte] as number;
      to.nextHops[target * to.addressWidth + byte] = chunk.nextHops[row * addressWidth + byte] as number;
    }
    to.prefixLengths[target] = chunk.prefixLengths[row] as number;
    to.metrics[target] = chunk.metrics[row] as number;
    to.ages[target] = chunk.ages[row] as number;
    if (to.nextHopZones) to.nextHopZones[target] = chunk.nextHopZones?.[row] ?? 0;
    if (to.validLifetimes) to.validLifetimes[target] = chunk.validLifetimes?.[row] ?? infinite;
    if (to.preferredLifetimes) to.preferredLifetimes[target] = chunk.preferredLifetimes?.[row] ?? infinite;
  }
  return target;
}
