import type { Change, RouteOperation } from '../../model/change.js';
import type { CommitStep } from '../../model/commit.js';
import type { Route } from '../../model/route.js';
import type { RouteKey, RouteSpec } from '../../model/route-spec.js';
import { routeKeyText } from '../../route-key-text.js';

/** Rows that are put back in one commit: those that had one owner before. */
export interface UndoGroup {
  /** Undefined: nobody's. */
  readonly owner: string | undefined;
  readonly change: Extract<Change, { readonly operations: readonly RouteOperation[] }>;
  /** Rows of the rollout's owner become another's, or nobody's, again. */
  readonly changesHands: boolean;
}

/** What undoing a commit takes. */
export interface UndoPlan {
  /** Rows of the commit's own owner come last: what replaces them is there by then. */
  readonly groups: readonly UndoGroup[];
  /** Rows that are not as the commit left them, for people: they stay. */
  readonly left: readonly string[];
}

/**
 * Plans to restore what was before a commit, row by row. Pure. A row that something else changed since is left as it is; one that is as before already
 * needs nothing.
 *
 * @param current - the table now, by `routeKeyText`
 */
export function planUndo(steps: readonly CommitStep[], current: ReadonlyMap<string, Route>, ownOwner: string | undefined): UndoPlan {
  const left: string[] = [];
  const byOwner = new Map<string | undefined, { operation: RouteOperation; changesHands: boolean }[]>();
  for (const step of steps) {
    if (step.failure !== undefined) continue;
    const { before, after } = step;
    const row = after ?? before;
    if (row === undefined) continue;
    const now = current.get(routeKeyText(row));
    if (isAs(now, before)) continue;
    if (!isAs(now, after)) {
      left.push(`${row.destinationPrefix} via ${row.nextHop}`);
      continue;
    }
    const owner = before === undefined ? after?.owner : before.owner;
    const changesHands = after?.owner !== undefined && after.owner !== owner;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), { operation: restore(row, step), changesHands }]);
  }
  const groups = [...byOwner].map(
    ([owner, entries]): UndoGroup => ({
      owner,
      change: { operations: entries.map(({ operation }) => operation) },
      changesHands: entries.some(({ changesHands }) => changesHands),
    }),
  );
  return { groups: groups.toSorted((a, b) => Number(a.owner === ownOwner) - Number(b.owner === ownOwner)), left };
}

/** Age and lifetimes run by themselves, and who counts as its maker may differ for a row that was made again. */
function isAs(now: Route | undefined, then: Route | undefined): boolean {
  if (now === undefined || then === undefined) return now === then;
  return now.metric === then.metric && now.publish === then.publish && now.owner === then.owner && now.persistent === then.persistent;
}

function restore(row: Route, { before, after }: CommitStep): RouteOperation {
  if (before === undefined) return { delete: keyOf(row) };
  // A put that changes nothing of a row, and names no owner, leaves it to the one that it has.
  const isSameRow = after !== undefined && before.metric === after.metric && before.publish === after.publish;
  return before.owner === undefined && isSameRow ? { disown: keyOf(row) } : { put: specOf(before) };
}

/** A LUID survives a reboot, an index may not; only hosts with nothing but the classic functions have none. */
function keyOf({ destinationPrefix, nextHop, interfaceLuid, interfaceIndex }: Route): RouteKey {
  return { destinationPrefix, nextHop, interface: interfaceLuid === 0n ? { index: interfaceIndex } : { luid: interfaceLuid } };
}

function specOf(route: Route): RouteSpec {
  const { metric, publish, persistent, validLifetimeSeconds, preferredLifetimeSeconds } = route;
  return { ...keyOf(route), metric, publish, persistent, validLifetimeSeconds, preferredLifetimeSeconds };
}
