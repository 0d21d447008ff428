import { RouteTableError } from './errors.js';
import { previewChanged, previewCreated } from './preview.js';
import { type RouteReference, type RouteRequest, resolveExistingKey, resolveNewRoute } from './resolve.js';
import { type DesiredRoute, describeRoute, effectiveMetric, etagOf, matchesDesired, type Route, type RouteKey } from './route.js';
import type { RouteTable, WrittenBy } from './route-table.js';
import { refuseSystemPrefix, refuseSystemRow } from './system-rows.js';

/** A row before and after a write, and the function that wrote; no function: nothing had to be written. */
export interface Written {
  /** Undefined: there was none. */
  readonly before: Route | undefined;
  /** As read back; as it would be, when nothing was to be written. Undefined: there is none. */
  readonly after: Route | undefined;
  readonly writtenBy: WrittenBy | undefined;
}

interface WriteOptions {
  /** Check everything and write nothing. */
  readonly validateOnly?: boolean;
  /** Refuse unless the row still has this etag; empty: any. */
  readonly etag?: string;
}

/** Creates a row and reads it back. With `allowExisting` a row that is already as asked is a success. */
export async function createRoute(
  table: RouteTable,
  request: RouteRequest,
  { allowExisting = false, validateOnly = false }: { readonly allowExisting?: boolean } & WriteOptions = {},
): Promise<Written> {
  const route = await resolveNewRoute(table, request);
  refuseSystemPrefix(route);
  const existing = allowExisting || validateOnly ? await table.get(route) : undefined;
  if (existing !== undefined) {
    if (allowExisting && matchesDesired(existing, route)) return { before: existing, after: existing, writtenBy: undefined };
    throw existsError(existing);
  }
  if (validateOnly) return { before: undefined, after: await previewCreated(table, route), writtenBy: undefined };
  const writtenBy = await table.create(route);
  return { before: undefined, after: await readBack(table, route, writtenBy), writtenBy };
}

/** Changes an existing row and reads it back. Never creates one: Windows of old did, and a typing error became a route. */
export async function setRoute(table: RouteTable, request: RouteRequest, options: WriteOptions = {}): Promise<Written> {
  const key = await resolveExistingKey(table, request);
  const before = await existingRow(table, key, options);
  const route: DesiredRoute = { ...request, ...key };
  if (matchesDesired(before, route)) return { before, after: before, writtenBy: undefined };
  if (options.validateOnly) return { before, after: previewChanged(before, route), writtenBy: undefined };
  const writtenBy = await table.set(route, before);
  return { before, after: await readBack(table, route, writtenBy), writtenBy };
}

/** Deletes a row and makes sure that it is gone. With `allowMissing` no such row is a success. */
export async function deleteRoute(
  table: RouteTable,
  reference: RouteReference,
  { allowMissing = false, ...options }: { readonly allowMissing?: boolean } & WriteOptions = {},
): Promise<Written> {
  try {
    const before = await existingRow(table, await resolveExistingKey(table, reference), options);
    if (options.validateOnly) return { before, after: undefined, writtenBy: undefined };
    const writtenBy = await table.delete(before);
    if ((await table.get(before)) !== undefined) throw unverified(writtenBy, `${describeRoute(before)} is still there`);
    return { before, after: undefined, writtenBy };
  } catch (error) {
    if (allowMissing && error instanceof RouteTableError && error.reason === 'ROUTE_NOT_FOUND') {
      return { before: undefined, after: undefined, writtenBy: undefined };
    }
    throw error;
  }
}

async function existingRow(table: RouteTable, key: RouteKey, { etag = '' }: WriteOptions): Promise<Route> {
  const route = await table.get(key);
  if (route === undefined) throw table.missing(key);
  refuseSystemRow(route);
  if (etag !== '' && etag !== etagOf(route)) {
    throw new RouteTableError('ETAG_MISMATCH', `${describeRoute(route)} changed: its etag is "${etagOf(route)}", not "${etag}"`, {
      remedy: 'read the row again and decide anew',
    });
  }
  return route;
}

/** A success that left no trace is worse than an error: the row is looked up, and compared by what was asked. */
async function readBack(table: RouteTable, route: DesiredRoute, writtenBy: WrittenBy): Promise<Route> {
  const found = await table.get(route);
  if (found === undefined) throw unverified(writtenBy, `${describeRoute(route)} is not there`);
  if (!matchesDesired(found, route))
    throw unverified(writtenBy, `${describeRoute(route)} is there with other values (metric ${found.metric})`);
  return found;
}

function unverified(writtenBy: WrittenBy, finding: string): RouteTableError {
  return new RouteTableError('UNVERIFIED_WRITE', `${writtenBy} reported success, but ${finding}`, {
    remedy: 'list the routes to see what the host has; another program may have changed the row, or the library is a stub',
    facts: { function: writtenBy },
  });
}

function existsError(existing: Route): RouteTableError {
  const metrics = `metric ${existing.metric}, effective metric ${effectiveMetric(existing) ?? 'unknown'}`;
  return new RouteTableError('ROUTE_EXISTS', `${describeRoute(existing)} exists (${metrics})`, {
    remedy: 'set the existing row instead, or delete it first',
  });
}
