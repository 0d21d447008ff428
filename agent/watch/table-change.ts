import { type Route, sameRoute } from '../routes/route.js';

/** Whose a row is. */
export interface Ownership {
  readonly owner: string;
  /** The agent keeps the row. */
  readonly persistent: boolean;
}

/** A row, and whose it is. */
export interface OwnedRow {
  readonly route: Route;
  /** Undefined: nobody's. */
  readonly ownership: Ownership | undefined;
}

/** What happened to one row. */
export interface TableChange {
  /** keyText of the row. */
  readonly key: string;
  /** Of the table after it. */
  readonly revision: bigint;
  /** Undefined: gone. */
  readonly row: OwnedRow | undefined;
  /** Undefined: new. */
  readonly previous: OwnedRow | undefined;
  /** The commit that did it; undefined: something else on the host. */
  readonly commitId: string | undefined;
  readonly observeTime: Date;
}

/** Whether both are the same person's, and kept or not. */
export function sameOwnership(a: Ownership | undefined, b: Ownership | undefined): boolean {
  return a?.owner === b?.owner && a?.persistent === b?.persistent;
}

/** Whether a watcher sees no difference. */
export function sameOwnedRow(a: OwnedRow, b: OwnedRow): boolean {
  return sameRoute(a.route, b.route) && sameOwnership(a.ownership, b.ownership);
}
