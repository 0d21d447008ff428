import type { ErrorReason } from '../../proto/reasons.js';
import { RouteTableError } from './errors.js';
import { type DesiredRoute, describeRoute, matchesDesired, type Route } from './route.js';
import type { RouteRows, WrittenBy } from './route-table.js';

/** A row as read back, and the function that wrote it. */
export interface Written {
  /** Undefined: there is none any more. */
  readonly after: Route | undefined;
  readonly writtenBy: WrittenBy;
}

/** Whether a write that failed for this reason left no trace for certain: the row was there already, or was not. */
export function wroteNothing(reason: ErrorReason): boolean {
  return reason === 'ROUTE_EXISTS' || reason === 'ROUTE_NOT_FOUND';
}

/** Creates a row and reads it back. */
export async function createRow(rows: RouteRows, route: DesiredRoute): Promise<Written> {
  const writtenBy = await rows.create(route);
  return { after: await readBack(rows, route, writtenBy), writtenBy };
}

/** Changes an existing row and reads it back. */
export async function setRow(rows: RouteRows, route: DesiredRoute, current: Route): Promise<Written> {
  const writtenBy = await rows.set(route, current);
  return { after: await readBack(rows, route, writtenBy), writtenBy };
}

/** Deletes a row and makes sure that it is gone. */
export async function deleteRow(rows: RouteRows, route: Route): Promise<Written> {
  const writtenBy = await rows.delete(route);
  if ((await rows.get(route)) !== undefined) throw unverified(writtenBy, `${describeRoute(route)} is still there`);
  return { after: undefined, writtenBy };
}

/** A success that left no trace is worse than an error: the row is looked up, and compared by what was asked. */
async function readBack(rows: RouteRows, route: DesiredRoute, writtenBy: WrittenBy): Promise<Route> {
  const found = await rows.get(route);
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
