import type { Route, RouteKey } from '../routes/route.js';
import type { RouteSnapshot, RouteTable } from '../routes/route-table.js';
import type { Written } from '../routes/write.js';
import type { Ownership } from './table-change.js';

/** A reading, and where it stands in the order of all states of the table that were seen. */
export interface ObservedSnapshot extends RouteSnapshot {
  /** Grows whenever the table, or whose its rows are, was seen to change. */
  readonly revision: bigint;
}

/** Whose a row is now. */
export interface OwnershipChange {
  readonly key: RouteKey;
  /** Undefined: nobody's. */
  readonly ownership: Ownership | undefined;
}

/** A write that this agent is about to make. */
export interface OwnWrite {
  readonly key: RouteKey;
  readonly commitId: string;
  /** The row as read right before; undefined: there is none. */
  readonly before: Route | undefined;
  /** The row as it shall be; undefined: there shall be none. */
  readonly after: Route | undefined;
  /** Undefined: the row stays whose it is. */
  readonly ownershipChange: OwnershipChange | undefined;
}

/** A routing table of which every reading is noted, and every write of this agent known as its own. */
export interface ObservedTable extends RouteTable {
  /** All rows. Readings that are asked for at the same time are one. */
  list(): Promise<ObservedSnapshot>;
  /** Runs a write, so that watchers are told of it as the doing of its commit. */
  ownWrite(write: OwnWrite, run: () => Promise<Written>): Promise<Written>;
  /** Takes in whose rows are by the doing of a commit; those that are it already do not count. */
  ownershipsChanged(commitId: string, changes: readonly OwnershipChange[]): void;
}
