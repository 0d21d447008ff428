import { keyText, type Route, type RouteKey, sameRoute } from '../routes/route.js';
import { ChangeHistory } from './change-history.js';
import type { OwnershipChange, OwnWrite } from './observed-table.js';
import type { OwnWrites } from './own-writes.js';
import { type OwnedRow, type Ownership, sameOwnership } from './table-change.js';
import type { Watcher } from './watcher.js';

/** The state of a table that is followed: compared with every reading, changed by every write of this agent. Each change has a revision of its own. */
export class FollowedTable {
  readonly watchers: Set<Watcher> = new Set();
  readonly history: ChangeHistory;
  readonly #ownershipOf: (key: RouteKey) => Ownership | undefined;
  /** By keyText. */
  readonly #rows = new Map<string, OwnedRow>();
  #revision: bigint;

  constructor(revision: bigint, routes: readonly Route[], ownershipOf: (key: RouteKey) => Ownership | undefined) {
    this.#revision = revision;
    this.history = new ChangeHistory(revision);
    this.#ownershipOf = ownershipOf;
    for (const route of routes) this.#rows.set(keyText(route), { route, ownership: ownershipOf(route) });
  }

  /** Of the last change. */
  get revision(): bigint {
    return this.#revision;
  }

  /** The rows that a watcher wants. */
  rowsFor(watcher: Watcher): OwnedRow[] {
    return [...this.#rows.values()].filter((row) => watcher.wants(row));
  }

  /** Takes a reading in. Rows that the agent wrote meanwhile stay as they are: the next reading shows them. */
  compare(routes: readonly Route[], writes: OwnWrites): void {
    const found = new Set<string>();
    for (const route of routes) {
      const key = keyText(route);
      found.add(key);
      if (!writes.isUnclear(key)) this.#see(key, route, writes.commitOf(key, route));
    }
    for (const key of this.#rows.keys()) {
      if (!found.has(key) && !writes.isUnclear(key)) this.#see(key, undefined, writes.commitOf(key, undefined));
    }
  }

  /** What the agent wrote while the first reading ran, of which that may not know. */
  correct({ key, ownershipChange }: OwnWrite, route: Route | undefined): void {
    this.#put(keyText(key), route && { route, ownership: this.#ownershipAfter(key, ownershipChange) });
  }

  /** Takes in what the agent wrote, after what others did to the row just before. */
  wrote({ key, before, ownershipChange, commitId }: OwnWrite, after: Route | undefined): void {
    const text = keyText(key);
    this.#see(text, before, undefined);
    this.#change(text, after && { route: after, ownership: this.#ownershipAfter(key, ownershipChange) }, commitId);
  }

  /** Takes in whose rows are. */
  owned(commitId: string, changes: readonly OwnershipChange[]): void {
    for (const { key, ownership } of changes) {
      const text = keyText(key);
      const row = this.#rows.get(text);
      if (row !== undefined && !sameOwnership(row.ownership, ownership)) this.#change(text, { ...row, ownership }, commitId);
    }
  }

  #ownershipAfter(key: RouteKey, change: OwnershipChange | undefined): Ownership | undefined {
    return change === undefined ? this.#ownershipOf(key) : change.ownership;
  }

  #put(key: string, row: OwnedRow | undefined): void {
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, row);
  }

  #see(key: string, route: Route | undefined, commitId: string | undefined): void {
    const known = this.#rows.get(key);
    if (route === undefined) {
      if (known !== undefined) this.#change(key, undefined, commitId);
      return;
    }
    const row = { route, ownership: known === undefined ? this.#ownershipOf(route) : known.ownership };
    if (known === undefined || !sameRoute(known.route, route)) this.#change(key, row, commitId);
    // The same row with its age of now.
    else this.#rows.set(key, row);
  }

  #change(key: string, row: OwnedRow | undefined, commitId: string | undefined): void {
    const previous = this.#rows.get(key);
    this.#put(key, row);
    this.#revision += 1n;
    const change = { key, revision: this.#revision, row, previous, commitId, observeTime: new Date() };
    this.history.push(change);
    for (const watcher of this.watchers) watcher.offer(change);
  }
}
