import { routeKeyText } from '../route-key-text.js';
import type { MirrorChange } from '../route-mirror.js';
import { isSameRoute } from '../same-route.js';

/** Changes of many rows, of which only the net change of each row is kept: never more than two tables, however many come. */
export interface NetChanges {
  /** In order. */
  add(changes: readonly MirrorChange[]): void;
  /** Changes that were added. */
  readonly added: number;
  /** One change per row, with revision, cause and time of the last; none for a row that is again as it was. */
  list(): readonly MirrorChange[];
}

/** With nothing in it. */
export function createNetChanges(): NetChanges {
  const byRow = new Map<string, MirrorChange>();
  let added = 0;
  return {
    add(changes) {
      for (const change of changes) {
        const key = keyOf(change);
        const net = netOf(byRow.get(key), change);
        // Taken out first: the order is that of the last change.
        byRow.delete(key);
        if (net !== undefined) byRow.set(key, net);
        added += 1;
      }
    },
    get added() {
      return added;
    },
    list: () => [...byRow.values()],
  };
}

/** Undefined: the row is as it was before both. */
function netOf(earlier: MirrorChange | undefined, later: MirrorChange): MirrorChange | undefined {
  if (earlier === undefined) return later;
  const { previous } = earlier;
  const { route } = later;
  if (previous === undefined && route === undefined) return undefined;
  if (previous !== undefined && route !== undefined && isSameRoute(previous, route)) return undefined;
  const kind = previous === undefined ? 'added' : route === undefined ? 'removed' : 'changed';
  return { ...later, kind, previous };
}

/** Of the row that it is about. */
function keyOf({ route, previous }: MirrorChange): string {
  const row = route ?? previous;
  return row === undefined ? '' : routeKeyText(row);
}
