import type { ListRoutesResponse } from '../proto/gen/routefleet/v1/route_service.pb.js';
import { MalformedAnswerError } from './codec/malformed-answer.js';
import { decodeRoute } from './codec/route.js';
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

  async function* iterate(): AsyncGenerator<Route, void, undefined> {
    if (taken) throw new TypeError('a listing can be iterated once; call listRoutes again for a new snapshot');
    taken = true;
    try {
      const { routes, routeCount } = await readFirst();
      let count = 0;
      for (const route of routes) {
        yield decodeRoute(route);
        count += 1;
      }
      for await (const message of messages) {
        for (const route of message.routes) {
          yield decodeRoute(route);
          count += 1;
        }
      }
      if (count !== routeCount) throw new MalformedAnswerError(`the answer announced ${routeCount} rows and held ${count}`);
    } catch (error) {
      throw fail(error);
    } finally {
      await messages.return();
    }
  }

  return {
    get header() {
      return readFirst().then(({ revision, bootId, routeCount }) => ({ revision, bootId, routeCount }));
    },
    [Symbol.asyncIterator]: iterate,
    async toArray() {
      const routes: Route[] = [];
      for await (const route of iterate()) routes.push(route);
      return routes;
    },
  };
}
