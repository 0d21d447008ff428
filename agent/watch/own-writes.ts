import { keyText, type Route, sameRow } from '../routes/route.js';
import type { OwnWrite } from './observed-table.js';

interface RememberedWrite {
  readonly write: OwnWrite;
  /** Readings that had begun when it ended; undefined: it has not ended. */
  endedAfter: number | undefined;
  /** What it made of the row; undefined: that is not known, and only a later reading shows it. */
  result: { readonly route: Route | undefined } | undefined;
}

/**
 * Which rows this agent writes while the table is read: such a reading may show a row as it was before the write or after it, and nobody can tell
 * which.
 */
export class OwnWrites {
  /** By keyText; the last write of each row. */
  readonly #writes = new Map<string, RememberedWrite>();
  #begun = 0;
  #reading = false;

  /** A write begins. @returns what to call at its end, with the row as read back; without it, if that is not known */
  begin(write: OwnWrite): (result?: { readonly route: Route | undefined }) => void {
    const key = keyText(write.key);
    const remembered: RememberedWrite = { write, endedAfter: undefined, result: undefined };
    this.#writes.set(key, remembered);
    return (result) => {
      remembered.endedAfter = this.#begun;
      remembered.result = result;
      if (!this.#reading && result !== undefined && this.#writes.get(key) === remembered) this.#writes.delete(key);
    };
  }

  /** A reading begins; one at a time. */
  beginReading(): void {
    this.#begun += 1;
    this.#reading = true;
  }

  /** Whether the reading may show the row as it was before a write. */
  isUnclear(key: string): boolean {
    const remembered = this.#writes.get(key);
    return remembered !== undefined && !this.#endedBefore(remembered);
  }

  /** What the rows are that the reading is unclear about; undefined: there is none. */
  *unclearRows(): Generator<readonly [write: OwnWrite, route: Route | undefined]> {
    for (const remembered of this.#writes.values()) {
      if (this.#endedBefore(remembered)) continue;
      const { write, result } = remembered;
      yield [write, result === undefined ? write.before : result.route];
    }
  }

  /** The commit whose write had an outcome that only this reading shows. What is not the row that it wanted is the doing of others. */
  commitOf(key: string, found: Route | undefined): string | undefined {
    const write = this.#writes.get(key)?.write;
    if (write === undefined) return undefined;
    const { after, commitId } = write;
    const isWanted = after === undefined || found === undefined ? after === found : sameRow(after, found);
    return isWanted ? commitId : undefined;
  }

  /** The reading is over. @returns whether it was unclear about any row */
  endReading(): boolean {
    this.#reading = false;
    let unclear = false;
    for (const [key, remembered] of this.#writes) {
      const before = this.#endedBefore(remembered);
      unclear ||= !before;
      if (before || remembered.result !== undefined) this.#writes.delete(key);
    }
    return unclear;
  }

  #endedBefore({ endedAfter }: RememberedWrite): boolean {
    return endedAfter !== undefined && endedAfter < this.#begun;
  }
}
