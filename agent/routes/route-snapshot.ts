import { createBreath } from '../breath.js';
import type { Route } from './route.js';
import { type RouteChunk, routeAt } from './route-chunk.js';
import type { RouteSnapshot } from './route-table.js';

/** A reading of these chunks. */
export function createSnapshot(chunks: readonly RouteChunk[], fingerprint: string): RouteSnapshot {
  let routes: Promise<readonly Route[]> | undefined;
  return {
    chunks,
    fingerprint,
    routes() {
      routes ??= routesOf(chunks);
      return routes;
    },
  };
}

async function routesOf(chunks: readonly RouteChunk[]): Promise<readonly Route[]> {
  const routes: Route[] = [];
  const breath = createBreath(64);
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.count; row++) {
      routes.push(routeAt(chunk, row));
      if (breath.due) await breath.take();
    }
  }
  return routes;
}
