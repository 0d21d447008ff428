import type { Calls } from './calls.js';
import { createRouteMirror } from './live-route-mirror.js';
import type { WatchOptions } from './model/watch.js';
import type { WatchClient } from './route-client.js';
import { createRouteWatch, type RouteWatch } from './route-watch.js';

/** Follows the table. */
export function createWatchCalls({ transport, explain }: Calls): WatchClient {
  const fail = (error: unknown) => explain(error, 'WatchRoutes');

  function watchRoutes(options: WatchOptions = {}): RouteWatch {
    try {
      return createRouteWatch({ transport, fail, random: Math.random }, options);
    } catch (error) {
      throw fail(error);
    }
  }

  return {
    watchRoutes,
    mirror: ({ filter, heartbeatIntervalMs, signal: until } = {}) =>
      createRouteMirror((signal) => watchRoutes({ filter, heartbeatIntervalMs, signal }), until),
  };
}
