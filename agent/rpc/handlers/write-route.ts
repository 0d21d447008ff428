import type { WriteOptions } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type {
  CreateRouteRequest,
  CreateRouteResponse,
  DeleteRouteRequest,
  DeleteRouteResponse,
  SetRouteRequest,
  SetRouteResponse,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { RouteTableError } from '../../routes/errors.js';
import { describeRoute } from '../../routes/route.js';
import { createRoute as create, deleteRoute as remove, setRoute as set, type Written } from '../../routes/write.js';
import { decodeRouteKey, decodeRouteSpec, encodeRoute } from '../codec/route.js';
import type { HandlerContext } from '../context.js';

/** CreateRoute. */
export async function createRoute(context: HandlerContext, request: CreateRouteRequest): Promise<CreateRouteResponse> {
  const spec = decodeRouteSpec('route', request.route);
  const validateOnly = await checkOptions(context, request.options, request.route?.persistent);
  const written = await create(context.table, spec, { allowExisting: request.allowExisting, validateOnly });
  const { before, after, writtenBy } = logged(context, written, 'created');
  return { route: after && encodeRoute(after), alreadyExisted: before !== undefined, function: writtenBy ?? '', commit: undefined };
}

/** SetRoute. */
export async function setRoute(context: HandlerContext, request: SetRouteRequest): Promise<SetRouteResponse> {
  const spec = decodeRouteSpec('route', request.route);
  const validateOnly = await checkOptions(context, request.options, request.route?.persistent);
  const written = await set(context.table, spec, { etag: request.etag, validateOnly });
  const { before, after, writtenBy } = logged(context, written, 'changed');
  return { route: after && encodeRoute(after), previous: before && encodeRoute(before), function: writtenBy ?? '', commit: undefined };
}

/** DeleteRoute. */
export async function deleteRoute(context: HandlerContext, request: DeleteRouteRequest): Promise<DeleteRouteResponse> {
  const key = decodeRouteKey('key', request.key);
  const validateOnly = await checkOptions(context, request.options);
  const written = await remove(context.table, key, { allowMissing: request.allowMissing, etag: request.etag, validateOnly });
  const { before, writtenBy } = logged(context, written, 'deleted');
  return { route: before && encodeRoute(before), function: writtenBy ?? '', commit: undefined };
}

/** Whatever changed the table stands in the log, whoever asked for it. */
function logged({ log }: HandlerContext, written: Written, what: 'created' | 'changed' | 'deleted'): Written {
  const { before, after, writtenBy } = written;
  const row = after ?? before;
  if (row !== undefined && writtenBy !== undefined) {
    log.info({ route: describeRoute(row), metricBefore: before?.metric, metric: after?.metric, function: writtenBy }, what);
  }
  return written;
}

/** Refuses what this agent cannot do yet rather than leave it out in silence, and returns whether only to validate. */
async function checkOptions(context: HandlerContext, options: WriteOptions | undefined, persistent = false): Promise<boolean> {
  if (persistent) throw notYet('route.persistent');
  if (options === undefined) return false;
  const { validateOnly, expectedRevision, ...later } = options;
  const named = Object.entries(later).find(([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
  if (named !== undefined) throw notYet(`options.${named[0]}`);
  if (expectedRevision !== undefined) await checkRevision(context, expectedRevision);
  return validateOnly;
}

function notYet(field: string): RouteTableError {
  return new RouteTableError('NOT_IMPLEMENTED', `${field}: this agent does not keep commits yet`, { remedy: `leave ${field} out` });
}

async function checkRevision({ table, revision }: HandlerContext, expected: bigint): Promise<void> {
  const actual = revision.observe((await table.list()).fingerprint);
  if (actual === expected) return;
  throw new RouteTableError('REVISION_MISMATCH', `the table has revision ${actual}, not ${expected}`, {
    remedy: 'read the table again and decide anew',
  });
}
