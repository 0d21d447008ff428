import type { Route as WireRoute } from '../../../proto/gen/routefleet/v1/route.pb.js';
import type { ListRoutesRequest, ListRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { compileFilter } from '../../routes/filter.js';
import type { Route } from '../../routes/route.js';
import { decodeFilter } from '../codec/filter.js';
import { encodeRoute } from '../codec/route.js';
import type { HandlerContext } from '../context.js';

/** Rows of one message: large enough to be fast, small enough that encoding one does not hold up other calls. */
const chunkRows = 1024;

/** ListRoutes: one reading of the table, filtered, in chunks. The first message is sent also when no row passes. */
export async function* listRoutes(
  { table, engine, identity }: HandlerContext,
  { filter }: ListRoutesRequest,
): AsyncGenerator<ListRoutesResponse> {
  const passes = compileFilter(await decodeFilter(table, filter));
  const encode = (route: Route): WireRoute => encodeRoute(route, engine.receiptOf(route));
  const snapshot = await table.list();
  const routes = snapshot.routes.filter((route) => passes(route, (owned) => engine.receiptOf(owned)?.owner));
  const header = { revision: snapshot.revision, bootId: identity.bootId, routeCount: routes.length };
  yield { ...header, routes: routes.slice(0, chunkRows).map(encode) };
  for (let start = chunkRows; start < routes.length; start += chunkRows) {
    yield { revision: 0n, bootId: '', routeCount: 0, routes: routes.slice(start, start + chunkRows).map(encode) };
  }
}
