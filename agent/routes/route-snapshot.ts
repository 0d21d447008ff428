import type { Route } from './route.js';
import { type RouteChunk, routeAt } from './route-chunk.js';
import type { RouteSnapshot } from './route-table.js';

/** A reading of these chunks. */
export function createSnapshot(chunks: readonly RouteChunk[], fingerprint: string): RouteSnapshot {
  let routes: readonly Route[] | undefined;
  return {
    chunks,
    fingerprint,
    get routes() {
      routes ??= chunks.flatMap((chunk) => Array.from({ length: chunk.count }, (_, row) => routeAt(chunk, row)));
      return routes;
    },
  };
}
