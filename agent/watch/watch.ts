import type { OwnedRow, TableChange } from './table-change.js';
import type { TableObserver } from './table-observer.js';
import type { RowPredicate, Watcher } from './watcher.js';

/** Rows or changes of one event: large enough to be fast, small enough that encoding one does not hold up other calls. */
const chunkSize = 512;

/** Why a new snapshot follows. */
export type ResyncReason = 'other-boot' | 'history-exceeded' | 'overflow';

/** One event of a watch. */
export type WatchEvent =
  | { readonly type: 'established'; readonly revision: bigint }
  | { readonly type: 'resumed'; readonly revision: bigint }
  | { readonly type: 'resync-required'; readonly reason: ResyncReason }
  | { readonly type: 'snapshot'; readonly rows: readonly OwnedRow[] }
  | { readonly type: 'snapshot-end'; readonly revision: bigint; readonly rowCount: number }
  | { readonly type: 'changes'; readonly changes: readonly TableChange[]; readonly resumeRevision: bigint }
  | { readonly type: 'heartbeat'; readonly revision: bigint };

/** How to watch. */
export interface WatchOptions {
  readonly passes: RowPredicate;
  /** Where to go on; undefined: with a snapshot. */
  readonly since: { readonly sameBoot: boolean; readonly revision: bigint } | undefined;
  readonly heartbeatIntervalMs: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/**
 * A snapshot and every change after it, or an explicit word that some were lost. Pulled as fast as the watcher reads; what it does not read waits in
 * bounds.
 */
export async function* watch(
  observer: TableObserver,
  { passes, since, heartbeatIntervalMs, signal }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { watcher, revision, resumed } = await observer.attach(passes, since?.sameBoot ? since.revision : undefined);
  try {
    yield { type: 'established', revision };
    if (resumed) yield { type: 'resumed', revision };
    else {
      if (since !== undefined) yield { type: 'resync-required', reason: since.sameBoot ? 'history-exceeded' : 'other-boot' };
      yield* snapshot(observer, watcher);
    }
    while (!signal.aborted) {
      if (watcher.overflowed) {
        yield { type: 'resync-required', reason: 'overflow' };
        yield* snapshot(observer, watcher);
        continue;
      }
      const { changes, resumeRevision } = watcher.take(chunkSize);
      if (changes.length > 0) {
        yield { type: 'changes', changes, resumeRevision };
        continue;
      }
      const happened = await watcher.wait(heartbeatIntervalMs, signal);
      if (!happened && !signal.aborted) yield { type: 'heartbeat', revision: observer.revision };
    }
  } finally {
    observer.detach(watcher);
  }
}

/** Breaks off when the watcher overflows: then another one follows. */
function* snapshot(observer: TableObserver, watcher: Watcher): Generator<WatchEvent> {
  const { revision, rows } = observer.begin(watcher);
  for (let start = 0; start < rows.length; start += chunkSize) {
    if (watcher.overflowed) return;
    yield { type: 'snapshot', rows: rows.slice(start, start + chunkSize) };
  }
  yield { type: 'snapshot-end', revision, rowCount: rows.length };
}
