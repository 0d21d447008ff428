import type { Prefix } from '../../proto/prefix.js';
import { RouteTableError } from '../routes/errors.js';
import { type RouteLookup, resolveExistingKey, resolveNewRoute } from '../routes/resolve.js';
import type { DesiredRoute, RouteKey } from '../routes/route.js';
import type { Operation } from './change.js';
import { type Failure, toFailure } from './failure.js';

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
export async function resolveOperations(host: RouteLookup, operations: readonly Operation[]): Promise<ResolvedOperation[]> {
  const resolved: ResolvedOperation[] = [];
  for (const [index, operation] of operations.entries()) resolved.push({ index, ...(await resolveOrRefuse(host, operation)) });
  return resolved;
}

type Resolved = ResolvedOperation extends infer One ? (One extends unknown ? Omit<One, 'index'> : never) : never;

async function resolveOrRefuse(host: RouteLookup, operation: Operation): Promise<Resolved> {
  try {
    return await resolve(host, operation);
  } catch (error) {
    const { destinationPrefix } = 'route' in operation ? operation.route : operation.key;
    return { action: 'refused', destinationPrefix, failure: toFailure(error) };
  }
}

async function resolve(host: RouteLookup, operation: Operation): Promise<Resolved> {
  switch (operation.action) {
    case 'create': {
      const { persistent, ...request } = operation.route;
      const { allowExisting = false } = operation;
      return { action: 'create', route: await resolveNewRoute(host, request), persistent, allowExisting };
    }
    case 'set': {
      const { persistent, ...request } = operation.route;
      return { action: 'set', route: { ...request, ...(await resolveExistingKey(host, request)) }, persistent, etag: operation.etag ?? '' };
    }
    case 'put': {
      const { persistent, ...request } = operation.route;
      const key = (await ifThere(resolveExistingKey(host, request))) ?? (await resolveNewRoute(host, request));
      return { action: 'put', route: { ...request, ...key }, persistent };
    }
    case 'delete': {
      const { allowMissing = false, etag = '' } = operation;
      const found = resolveExistingKey(host, operation.key);
      const key = await (allowMissing ? ifThere(found) : found);
      return key === undefined ? { action: 'none' } : { action: 'delete', key, allowMissing, etag };
    }
    case 'disown':
      return { action: 'disown', key: await resolveExistingKey(host, operation.key) };
    case 'forget':
      return operation;
  }
}

/** Undefined when there is no such row. */
async function ifThere(found: Promise<RouteKey>): Promise<RouteKey | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof RouteTableError && error.reason === 'ROUTE_NOT_FOUND') return undefined;
    throw error;
  }
}
