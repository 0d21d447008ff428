import type { Prefix } from '../../proto/prefix.js';
import { createBreath } from '../breath.js';
import { RouteTableError } from '../routes/errors.js';
import type { InterfaceSelector } from '../routes/network-interface.js';
import { findInterfaces, interfacesNamedBy, type RouteLookup, resolveExistingKey, resolveNewRoute } from '../routes/resolve.js';
import type { DesiredRoute, RouteKey } from '../routes/route.js';
import type { RouteTable } from '../routes/route-table.js';
import type { Operation } from './change.js';
import { type Failure, toFailure } from './failure.js';
import { lookUpInReading, type TableReading } from './table-reading.js';

/** An operation whose interface is found. */
export type ResolvedOperation = { readonly index: number | undefined } & (
  | { readonly action: 'create'; readonly route: DesiredRoute; readonly persistent: boolean; readonly allowExisting: boolean }
  | { readonly action: 'set'; readonly route: DesiredRoute; readonly persistent: boolean; readonly etag: string }
  | { readonly action: 'put'; readonly route: DesiredRoute; readonly persistent: boolean }
  | { readonly action: 'delete'; readonly key: RouteKey; readonly allowMissing: boolean; readonly etag: string }
  | { readonly action: 'disown' | 'forget'; readonly key: RouteKey }
  /** There is no row to delete, and none was asked to be there. */
  | { readonly action: 'none' }
  | { readonly action: 'refused'; readonly destinationPrefix: Prefix; readonly failure: Failure }
);

/** Finds the interface of every operation. What cannot be resolved is an operation that is refused; the others are not concerned. */
export async function resolveOperations(
  table: RouteTable,
  reading: TableReading,
  operations: readonly Operation[],
): Promise<ResolvedOperation[]> {
  const breath = createBreath();
  const host = lookUpInReading(table, reading, await findInterfaces(table, interfacesNamedIn(operations)));
  const resolved: ResolvedOperation[] = [];
  for (const [index, operation] of operations.entries()) {
    resolved.push({ index, ...resolveOrRefuse(host, operation) });
    if (breath.due) await breath.take();
  }
  return resolved;
}

/** Those of the same rows again and again are found once. */
function* interfacesNamedIn(operations: readonly Operation[]): Generator<InterfaceSelector> {
  for (const operation of operations) {
    if (operation.action !== 'forget') yield* interfacesNamedBy('route' in operation ? operation.route : operation.key);
  }
}

type Resolved = ResolvedOperation extends infer One ? (One extends unknown ? Omit<One, 'index'> : never) : never;

function resolveOrRefuse(host: RouteLookup, operation: Operation): Resolved {
  try {
    return resolve(host, operation);
  } catch (error) {
    const { destinationPrefix } = 'route' in operation ? operation.route : operation.key;
    return { action: 'refused', destinationPrefix, failure: toFailure(error) };
  }
}

function resolve(host: RouteLookup, operation: Operation): Resolved {
  switch (operation.action) {
    case 'create': {
      const { persistent, ...request } = operation.route;
      const { allowExisting = false } = operation;
      return { action: 'create', route: resolveNewRoute(host, request), persistent, allowExisting };
    }
    case 'set': {
      const { persistent, ...request } = operation.route;
      return { action: 'set', route: { ...request, ...resolveExistingKey(host, request) }, persistent, etag: operation.etag ?? '' };
    }
    case 'put': {
      const { persistent, ...request } = operation.route;
      const key = ifThere(() => resolveExistingKey(host, request)) ?? resolveNewRoute(host, request);
      return { action: 'put', route: { ...request, ...key }, persistent };
    }
    case 'delete': {
      const { allowMissing = false, etag = '' } = operation;
      const find = (): RouteKey => resolveExistingKey(host, operation.key);
      const key = allowMissing ? ifThere(find) : find();
      return key === undefined ? { action: 'none' } : { action: 'delete', key, allowMissing, etag };
    }
    case 'disown':
      return { action: 'disown', key: resolveExistingKey(host, operation.key) };
    case 'forget':
      return operation;
  }
}

/** Undefined when there is no such row. */
function ifThere(find: () => RouteKey): RouteKey | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof RouteTableError && error.reason === 'ROUTE_NOT_FOUND') return undefined;
    throw error;
  }
}
