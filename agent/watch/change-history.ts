import type { TableChange } from './table-change.js';

/** Changes that are kept at least, once there were so many; up to twice as many are. */
const keptChanges = 10_000;

/** The last changes, for watchers that come back. */
export class ChangeHistory {
  #changes: TableChange[] = [];
  /** Every change after this revision is here. */
  #from: bigint;

  /** Begins at a revision. */
  constructor(revision: bigint) {
    this.#from = revision;
  }

  push(change: TableChange): void {
    this.#changes.push(change);
    if (this.#changes.length < 2 * keptChanges) return;
    const dropped = this.#changes.splice(0, keptChanges);
    this.#from = dropped.at(-1)?.revision ?? this.#from;
  }

  /** Every change after a revision; undefined: not all of them are known any more. */
  since(revision: bigint): TableChange[] | undefined {
    if (revision < this.#from) return undefined;
    return this.#changes.slice(this.#changes.findLastIndex((change) => change.revision <= revision) + 1);
  }
}
