import { type OwnedRow, sameOwnedRow, type TableChange } from './table-change.js';

/** Which rows a watcher wants. */
export type RowPredicate = (row: OwnedRow) => boolean;

/** Changes that may wait one by one; above it changes of the same row become one. */
const mergeAbove = 512;
/** Rows whose changes may wait. */
const maxWaiting = 16_384;

/** Changes that go out together. */
export interface ChangeBatch {
  readonly changes: readonly TableChange[];
  /** From where to go on after them. */
  readonly resumeRevision: bigint;
}

/** The changes that one watcher has not taken yet, seen through its filter: bounded, whatever the others do. */
export class Watcher {
  readonly #passes: RowPredicate;
  #waiting: TableChange[] = [];
  #mergeAt = mergeAbove;
  /** How many of the waiting ones, from the first, belong to a whole that was merged. */
  #merged = 0;
  #resumeRevision: bigint;
  #overflowed = false;
  #failure: unknown;
  #wake = (): void => {};

  /** @param revision from which on it is told of changes */
  constructor(passes: RowPredicate, revision: bigint) {
    this.#passes = passes;
    this.#resumeRevision = revision;
  }

  /** Too much waited: what waited is lost, and so is what comes until `restart`. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Whether the watcher wants this row. */
  wants(row: OwnedRow): boolean {
    return this.#passes(row);
  }

  /** Something happened in the table. */
  offer(change: TableChange): void {
    const seen = this.#overflowed ? undefined : this.#throughFilter(change);
    if (seen === undefined) return;
    this.#waiting.push(seen);
    if (this.#waiting.length > this.#mergeAt) this.#merge();
    this.#wake();
  }

  /** The table cannot be followed any more: what waits comes first. */
  fail(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  /** Up to `max` changes, in order. @throws what it failed with, when nothing waits */
  take(max: number): ChangeBatch {
    if (this.#waiting.length === 0 && this.#failure !== undefined) throw this.#failure;
    const changes = this.#waiting.splice(0, max);
    this.#merged = Math.max(0, this.#merged - changes.length);
    if (this.#merged === 0) this.#resumeRevision = changes.at(-1)?.revision ?? this.#resumeRevision;
    this.#mergeAt = Math.max(mergeAbove, 2 * this.#waiting.length);
    return { changes, resumeRevision: this.#resumeRevision };
  }

  /** Forgets what waits, and that it overflowed: what comes after this revision counts. */
  restart(revision: bigint): void {
    this.#overflowed = false;
    this.#waiting = [];
    this.#merged = 0;
    this.#mergeAt = mergeAbove;
    this.#resumeRevision = revision;
  }

  /** Waits until something happens, for at most `timeoutMs`. @returns whether something did; not when the signal ended the wait */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const happened = (): boolean => this.#waiting.length > 0 || this.#overflowed || this.#failure !== undefined;
    if (!happened() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#wake = () => {};
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener('abort', done);
        this.#wake = done;
      });
    }
    return happened();
  }

  #throughFilter(change: TableChange): TableChange | undefined {
    const row = change.row && this.#passes(change.row) ? change.row : undefined;
    const previous = change.previous && this.#passes(change.previous) ? change.previous : undefined;
    if (row === undefined && previous === undefined) return undefined;
    return row === change.row && previous === change.previous ? change : { ...change, row, previous };
  }

  /** Makes one of the changes of each row, at the place of the last; a row that is as it was before them has none. */
  #merge(): void {
    const merged = new Map<string, TableChange>();
    for (const change of this.#waiting) {
      const first = merged.get(change.key);
      merged.delete(change.key);
      const whole = first === undefined ? change : { ...change, previous: first.previous };
      if (!isNothing(whole)) merged.set(change.key, whole);
    }
    this.#waiting = [...merged.values()];
    this.#merged = this.#waiting.length;
    this.#mergeAt = Math.max(mergeAbove, 2 * this.#waiting.length);
    if (this.#waiting.length <= maxWaiting) return;
    this.#waiting = [];
    this.#overflowed = true;
  }
}

function isNothing({ row, previous }: TableChange): boolean {
  if (row === undefined || previous === undefined) return row === previous;
  return sameOwnedRow(row, previous);
}
