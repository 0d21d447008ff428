import type { ListRoutesResponse } from '../proto/gen/routefleet/v1/route_service.pb.js';
import { createAddressText } from './codec/address-text.js';
import { MalformedAnswerError } from './codec/malformed-answer.js';
import { type RouteRows, readRows } from './codec/route-rows.js';
import { iterateRows } from './iterate-rows.js';
import type { Route } from './model/route.js';

/** What is known of a snapshot before its first row. */
export interface SnapshotHeader {
  /** Revision of the table. */
  readonly revision: bigint;
  /** Run of the agent within which the revision holds. */
  readonly bootId: string;
  /** Number of rows that follow in all. */
  readonly routeCount: number;
}

/**
 * One consistent snapshot of a table, in the order of the host. The call begins with the first use of `header` or of the iteration, can be
 * iterated once, reads no faster than rows are taken, and is cancelled when the loop is left early.
 */
export interface RouteListing extends AsyncIterable<Route> {
  /** Reads the first message. Whoever reads the header and no rows ends the call by `signal`, by `close()` or by its deadline. */
  readonly header: Promise<SnapshotHeader>;
  /** The same rows, some thousands at a time: the fastest way through a large table. */
  chunks(): AsyncIterable<readonly Route[]>;
  /** All rows; the same as iterating. */
  toArray(): Promise<Route[]>;
}

/** Messages of a ListRoutes call as a listing. `fail` turns whatever went wrong into what the caller shall see. */
export function createRouteListing(
  messages: AsyncGenerator<ListRoutesResponse, void, undefined>,
  fail: (error: unknown) => unknown,
): RouteListing {
  let first: Promise<ListRoutesResponse> | undefined;
  let taken = false;

  function readFirst(): Promise<ListRoutesResponse> {
    first ??= messages.next().then(
      ({ value, done }) => {
        if (done) throw fail(new MalformedAnswerError('the answer ended before its header'));
        return value;
      },
      (error) => {
        throw fail(error);
      },
    );
    return first;
  }

  async function* readMessages(): AsyncGenerator<RouteRows, void, undefined> {
    if (taken) throw new TypeError('a listing can be iterated once; call listRoutes again for a new snapshot');
    taken = true;
    const text = createAddressText();
    try {
      const header = await readFirst();
      // Not kept: the rows of the first message are as many as those of the others.
      first = Promise.resolve({ ...header, routes: [], packed: undefined });
      let rows = readRows(header, text);
      let { count } = rows;
      yield rows;
      for await (const message of messages) {
        rows = readRows(message, text);
        count += rows.count;
        yield rows;
      }
      if (count !== header.routeCount) {
        throw new MalformedAnswerError(`the answer announced ${header.routeCount} rows and held ${count}`);
      }
    } catch (error) {
      throw fail(error);
    } finally {
      await messages.return();
    }
  }

  async function* chunks(): AsyncGenerator<readonly Route[], void, undefined> {
    for await (const rows of readMessages()) yield allOf(rows, fail);
  }

  return {
    get header() {
      return readFirst().then(({ revision, bootId, routeCount }) => ({ revision, bootId, routeCount }));
    },
    [Symbol.asyncIterator]: () => iterateRows(readMessages(), fail),
    chunks,
    async toArray() {
      const routes: Route[] = [];
      for await (const chunk of chunks()) for (const route of chunk) routes.push(route);
      return routes;
    },
  };
}

function allOf(rows: RouteRows, fail: (error: unknown) => unknown): readonly Route[] {
  try {
    return Array.from({ length: rows.count }, (_, row) => rows.at(row));
  } catch (error) {
    throw fail(error);
  }
}
