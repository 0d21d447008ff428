import { type ListRoutesRequest, type ListRoutesResponse, RouteView } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { findOwnedRows, type OwnedRows } from '../../commits/owned-rows.js';
import { compileFilter } from '../../routes/filter.js';
import { chunkRows, routeAt } from '../../routes/route-chunk.js';
import { gatherRows, inPortions, type Selection, selectedCount, selectRows } from '../../routes/select-rows.js';
import { checkEnum } from '../codec/enum.js';
import { decodeFilter } from '../codec/filter.js';
import { encodePacked } from '../codec/packed-routes.js';
import { encodeRoute } from '../codec/route.js';
import type { HandlerContext } from '../context.js';

/** Rows of one message of the view FULL: large enough to be fast, small enough that encoding one does not hold up other calls. */
const fullRows = 1024;

/** What a message holds of the rows. */
type Rows = Pick<ListRoutesResponse, 'routes' | 'packed'>;

/** ListRoutes: one reading of the table, filtered, in chunks. The first message is sent also when no row passes. */
export async function* listRoutes(
  { table, engine, identity }: HandlerContext,
  { filter, view }: ListRoutesRequest,
): AsyncGenerator<ListRoutesResponse> {
  const packed = checkEnum('view', RouteView, view) === RouteView.PACKED;
  const passes = compileFilter(await decodeFilter(table, filter));
  const { chunks, revision } = await table.list();
  const { receipts } = engine;
  const ownershipAt = receipts.size === 0 ? undefined : findOwnedRows(receipts);
  const selections: Selection[] = [];
  for (const chunk of chunks) {
    const selection = selectRows(chunk, passes, (...row) => ownershipAt?.(...row)?.owner);
    selections.push(selection);
    // Looking at the rows of a chunk takes milliseconds.
    if (selection.rows !== undefined) await new Promise(setImmediate);
  }
  const routeCount = selections.reduce((sum, selection) => sum + selectedCount(selection), 0);
  let header = { revision, bootId: identity.bootId, routeCount };
  const encode = packed ? encodePackedRows : encodeFullRows;
  for (const portion of routeCount === 0 ? [[]] : inPortions(selections, packed ? chunkRows : fullRows)) {
    yield { ...header, ...encode(portion, ownershipAt) };
    header = { revision: 0n, bootId: '', routeCount: 0 };
  }
}

function encodePackedRows(portion: readonly Selection[], ownershipAt: OwnedRows | undefined): Rows {
  return { routes: [], packed: encodePacked(gatherRows(portion), ownershipAt) };
}

function encodeFullRows(portion: readonly Selection[], ownershipAt: OwnedRows | undefined): Rows {
  const routes = portion.flatMap(({ chunk, rows }) =>
    Array.from(rows ?? { length: chunk.count }, (selected, index) => {
      const row = selected ?? index;
      return encodeRoute(routeAt(chunk, row), ownershipAt?.(chunk, row));
    }),
  );
  return { routes, packed: undefined };
}
