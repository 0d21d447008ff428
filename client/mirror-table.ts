import type { Route } from './model/route.js';
import type { RouteChange } from './model/watch.js';
import { routeKeyText } from './route-key-text.js';
import type { MirrorChange } from './route-mirror.js';
import { isSameRoute } from './same-route.js';

/** The rows of a mirror. Each change says what it did to them. */
export interface MirrorTable {
  /** By {@link routeKeyText}. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Takes in changes in their order. Kind and row before are those of this table, which may have missed what the agent merged. */
  apply(changes: readonly RouteChange[]): MirrorChange[];
  /** Takes in a snapshot. What it changes was missed. */
  replace(routes: readonly Route[], revision: bigint): MirrorChange[];
}

/** With no rows in it. */
export function createMirrorTable(): MirrorTable {
  const routes = new Map<string, Route>();

  /** Undefined: there is no such row before and after. */
  function put(key: string, route: Route | undefined): Pick<RouteChange, 'kind' | 'route' | 'previous'> | undefined {
    const previous = routes.get(key);
    if (route === undefined) {
      routes.delete(key);
      return previous && { kind: 'removed', previous };
    }
    routes.set(key, route);
    return previous === undefined ? { kind: 'added', route } : { kind: 'changed', route, previous };
  }

  return {
    routes,

    apply: (changes) =>
      changes.flatMap(({ revision, commitId, observeTime, ...change }) => {
        const row = change.route ?? change.previous;
        const done = row && put(routeKeyText(row), change.route);
        return done === undefined ? [] : [{ ...done, revision, commitId, observeTime, missed: false }];
      }),

    replace(rows, revision) {
      const found = new Map(rows.map((row) => [routeKeyText(row), row]));
      const about = { revision, observeTime: new Date(), missed: true };
      const changes: MirrorChange[] = [];
      for (const key of new Set([...routes.keys(), ...found.keys()])) {
        const done = put(key, found.get(key));
        if (done !== undefined && !isUnchanged(done)) changes.push({ ...done, ...about });
      }
      return changes;
    },
  };
}

function isUnchanged({ route, previous }: Pick<RouteChange, 'route' | 'previous'>): boolean {
  return route !== undefined && previous !== undefined && isSameRoute(route, previous);
}
