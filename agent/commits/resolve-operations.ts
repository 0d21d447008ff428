import type { Prefix } from '../../proto/prefix.js';
import { createBreath } from '../breath.js';
import { RouteTableError } from '../routes/errors.js';
import type { InterfaceSelector } from '../routes/network-interface.js';
import {
  findInterfaces,
  interfacesNamedBy,
  type RouteLookup,
  type RouteReference,
  type RouteRequest,
  resolveExistingKey,
  resolveNewKey,
} from '../routes/resolve.js';
import type { DesiredRoute, RouteKey } from '../routes/route.js';
import type { RegistryValue } from '../routes/route-registry.js';
import type { RouteTable } from '../routes/route-table.js';
import type { Operation } from './change.js';
import { type Failure, toFailure } from './failure.js';
import { requireRegistry } from './registry-steps.js';
import { lookUpInReading, type TableReading } from './table-reading.js';

/** An operation whose interface is found. */
export type ResolvedOperation = { readonly index: number | undefined } & (
  | { readonly action: 'create'; readonly route: DesiredRoute; readonly persistent: boolean; readonly allowExisting: boolean }
  | { readonly action: 'set'; readonly route: DesiredRoute; readonly persistent: boolean; readonly etag: string }
  | { readonly action: 'put'; readonly route: DesiredRoute; readonly persistent: boolean }
  | {
      readonly action: 'delete';
      readonly key: RouteKey;
      readonly allowMissing: boolean;
      readonly etag: string;
      readonly registryValues: readonly RegistryValue[];
    }
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
  const breath = createBreath(operationsPerLook);
  const host = lookUpInReading(table, reading, await findInterfaces(table, interfacesNamedIn(operations)));
  const resolved: ResolvedOperation[] = [];
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const each = resolveOrRefuse(host, operation, index);
    const asksRegistry = operation.action === 'delete' && operation.alsoRegistry;
    resolved.push(asksRegistry ? await withRegistryValues(table, each, operation.key) : each);
    if (breath.due) await breath.take();
  }
  return resolved;
}

/** Each takes a few microseconds. */
const operationsPerLook = 32;

/** The row with its key found. Member by member: a spread takes several times as long, and changes are large. */
function desired(request: RouteRequest, { destinationPrefix, nextHop, interface: identity }: RouteKey): DesiredRoute {
  const { metric, validLifetimeSeconds, preferredLifetimeSeconds, publish, restored } = request;
  return { destinationPrefix, nextHop, interface: identity, metric, validLifetimeSeconds, preferredLifetimeSeconds, publish, restored };
}

/** Those of the same rows again and again are found once. */
function* interfacesNamedIn(operations: readonly Operation[]): Generator<InterfaceSelector> {
  for (const operation of operations) {
    if (operation.action !== 'forget') yield* interfacesNamedBy('route' in operation ? operation.route : operation.key);
  }
}

function resolveOrRefuse(host: RouteLookup, operation: Operation, index: number): ResolvedOperation {
  try {
    return resolve(host, operation, index);
  } catch (error) {
    const { destinationPrefix } = 'route' in operation ? operation.route : operation.key;
    return { index, action: 'refused', destinationPrefix, failure: toFailure(error) };
  }
}

function resolve(host: RouteLookup, operation: Operation, index: number): ResolvedOperation {
  switch (operation.action) {
    case 'create': {
      const { route, allowExisting = false } = operation;
      return { index, action: 'create', route: desired(route, resolveNewKey(host, route)), persistent: route.persistent, allowExisting };
    }
    case 'set': {
      const { route, etag = '' } = operation;
      return { index, action: 'set', route: desired(route, resolveExistingKey(host, route)), persistent: route.persistent, etag };
    }
    case 'put': {
      const { route } = operation;
      const key = ifThere(host, route) ?? resolveNewKey(host, route);
      return { index, action: 'put', route: desired(route, key), persistent: route.persistent };
    }
    case 'delete': {
      const { allowMissing = false, etag = '' } = operation;
      const key = operation.alsoRegistry
        ? (ifThere(host, operation.key) ?? keyOfRegistry(host, operation.key, allowMissing))
        : allowMissing
          ? ifThere(host, operation.key)
          : resolveExistingKey(host, operation.key);
      return key === undefined ? { index, action: 'none' } : { index, action: 'delete', key, allowMissing, etag, registryValues: [] };
    }
    case 'disown':
      return { index, action: 'disown', key: resolveExistingKey(host, operation.key) };
    case 'forget':
      return { index, action: 'forget', key: operation.key };
  }
}

/** With the values of the registry that go with the row. */
async function withRegistryValues(
  table: RouteTable,
  resolved: ResolvedOperation,
  { destinationPrefix }: RouteReference,
): Promise<ResolvedOperation> {
  try {
    const registry = requireRegistry(table);
    return resolved.action === 'delete' ? { ...resolved, registryValues: await registry.valuesOf(resolved.key) } : resolved;
  } catch (error) {
    return { index: resolved.index, action: 'refused', destinationPrefix, failure: toFailure(error) };
  }
}

/** The key of a row that may be left in the registry alone: by the interface where it would be. Undefined: nobody knows, and it may be missing. */
function keyOfRegistry(host: RouteLookup, reference: RouteReference, allowMissing: boolean): RouteKey | undefined {
  try {
    return resolveNewKey(host, reference);
  } catch (error) {
    if (allowMissing && error instanceof RouteTableError && error.reason === 'BEST_ROUTE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Undefined when there is no such row. */
function ifThere(host: RouteLookup, reference: RouteReference): RouteKey | undefined {
  try {
    return resolveExistingKey(host, reference);
  } catch (error) {
    if (error instanceof RouteTableError && error.reason === 'ROUTE_NOT_FOUND') return undefined;
    throw error;
  }
}
