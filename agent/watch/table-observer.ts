import type { Logger } from 'pino';
import { RouteTableError } from '../routes/errors.js';
import type { Route, RouteKey } from '../routes/route.js';
import type { RouteTable } from '../routes/route-table.js';
import { type Written, wroteNothing } from '../routes/write.js';
import { FollowedTable } from './followed-table.js';
import type { ObservedSnapshot, ObservedTable, OwnershipChange, OwnWrite } from './observed-table.js';
import { OwnWrites } from './own-writes.js';
import { createSharedCall } from './shared-call.js';
import type { OwnedRow, Ownership } from './table-change.js';
import { type RowPredicate, Watcher } from './watcher.js';

/** A burst of events is answered by one reading, so long after the first of them, in ms. */
const settleMs = 20;
/** For how long the table is followed after the last watcher left, so that one can go on where it was, in ms. */
const followAfterLastMs = 10 * 60_000;

/** What an observer works with. */
export interface ObserverOptions {
  readonly table: RouteTable;
  readonly log: Logger;
  /** How often the table is read while it is followed, in ms: where `notice` is called on changes, only to be sure. */
  readonly intervalMs: number;
  /** Whose a row is, as the journal has it; undefined: nobody's. */
  ownershipOf(key: RouteKey): Ownership | undefined;
}

/** A complete state of the table, as a watcher wants it. Large: not to be kept. */
export interface WatchedState {
  readonly revision: bigint;
  readonly rows: readonly OwnedRow[];
}

/** A watcher that was taken in. */
export interface Attached {
  readonly watcher: Watcher;
  /** Revision from which on it is told of every change. */
  readonly revision: bigint;
  /** It goes on from where it was, and what it missed waits for it. Otherwise it needs a state to begin with. */
  readonly resumed: boolean;
}

/**
 * Notes every reading of the table and counts its states. While somebody watches, and for a while after, it follows the table: every change is
 * told, with the commit of this agent that did it.
 */
export class TableObserver {
  /** The table, with every access noted. */
  readonly table: ObservedTable;
  readonly #options: ObserverOptions;
  readonly #list: () => Promise<ObservedSnapshot>;
  readonly #writes = new OwnWrites();
  #revision = 0n;
  /** Of the last reading; undefined: there was none, or the table is not as it was then. */
  #fingerprint: string | undefined;
  #followed: FollowedTable | undefined;
  /** Watchers that wait for their first reading. */
  #attaching = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #noticed = false;
  #readingMs = 0;
  #closed: { readonly reason: Error } | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#list = createSharedCall(() => this.#read());
    this.table = {
      ...options.table,
      list: this.#list,
      ownWrite: (write, run) => this.#ownWrite(write, run),
      ownershipsChanged: (commitId, changes) => this.#ownershipsChanged(commitId, changes),
    };
  }

  /** Of the last state that was seen; 0 before the first. */
  get revision(): bigint {
    return this.#followed?.revision ?? this.#revision;
  }

  /** How many watch now. */
  get watchers(): number {
    return this.#followed?.watchers.size ?? 0;
  }

  /** How often the table is read while it is followed, in ms. */
  get intervalMs(): number {
    return this.#options.intervalMs;
  }

  /** Something changed on the host: the table is read soon. In a storm the first event sets the time, so that the last need not come. */
  notice(): void {
    if (this.#noticed || (this.#followed === undefined && this.#attaching === 0)) return;
    this.#noticed = true;
    // A large table in a storm leaves most of the time to everything else.
    this.#schedule(Math.max(settleMs, 2 * this.#readingMs));
  }

  /**
   * Takes a watcher in, as of a reading that begins now. With `since` it goes on from that revision where all changes after it are known.
   *
   * @throws RouteTableError when the table cannot be read
   */
  async attach(passes: RowPredicate, since?: bigint): Promise<Attached> {
    this.#attaching += 1;
    try {
      await this.#list();
    } finally {
      this.#attaching -= 1;
      this.#restWhenIdle();
    }
    if (this.#closed !== undefined) throw this.#closed.reason;
    const followed = this.#followed;
    if (followed === undefined) throw new Error('the table is not followed');
    const missed = since === undefined || since > followed.revision ? undefined : followed.history.since(since);
    const revision = (missed && since) ?? followed.revision;
    const watcher = new Watcher(passes, revision);
    followed.watchers.add(watcher);
    this.#restWhenIdle();
    for (const change of missed ?? []) watcher.offer(change);
    return { watcher, revision, resumed: missed !== undefined };
  }

  /** The state of now, from which on the watcher is told of every change; what waited for it is part of that state. */
  begin(watcher: Watcher): WatchedState {
    watcher.restart(this.revision);
    return { revision: this.revision, rows: this.#followed?.rowsFor(watcher) ?? [] };
  }

  /** The watcher is told nothing more. */
  detach(watcher: Watcher): void {
    this.#followed?.watchers.delete(watcher);
    this.#restWhenIdle();
  }

  /** Ends every watch, and takes no new one. */
  close(reason: Error): void {
    this.#closed = { reason };
    for (const watcher of this.#followed?.watchers ?? []) watcher.fail(reason);
    clearTimeout(this.#timer);
    clearTimeout(this.#idle);
  }

  async #read(): Promise<ObservedSnapshot> {
    const { table } = this.#options;
    const begun = performance.now();
    const revisionBefore = this.revision;
    this.#noticed = false;
    this.#writes.beginReading();
    let unclear = false;
    try {
      const snapshot = await table.list();
      const isFollowed = this.#followed !== undefined || this.#attaching > 0;
      this.#take(snapshot.fingerprint, isFollowed ? await snapshot.routes() : undefined);
      unclear = this.#writes.endReading() && this.#followed !== undefined;
      // It may lack writes that the revision of now has.
      return { ...snapshot, revision: unclear ? revisionBefore : this.revision };
    } catch (error) {
      this.#writes.endReading();
      for (const watcher of this.#followed?.watchers ?? []) watcher.fail(error);
      throw error;
    } finally {
      this.#readingMs = performance.now() - begun;
      if (unclear) {
        this.#fingerprint = undefined;
        this.notice();
      }
      if (!this.#noticed) this.#schedule(this.#options.intervalMs);
    }
  }

  /** `routes`: of a table that is followed, or is to be. */
  #take(fingerprint: string, routes: readonly Route[] | undefined): void {
    const isNew = fingerprint !== this.#fingerprint;
    this.#fingerprint = fingerprint;
    if (this.#followed !== undefined && routes !== undefined) {
      if (isNew) this.#followed.compare(routes, this.#writes);
      return;
    }
    if (isNew) this.#revision += 1n;
    // Whoever began to attach meanwhile waits for the next reading.
    if (this.#attaching === 0 || routes === undefined) return;
    this.#followed = new FollowedTable(this.#revision, routes, this.#options.ownershipOf);
    for (const [write, route] of this.#writes.unclearRows()) this.#followed.correct(write, route);
  }

  async #ownWrite(write: OwnWrite, run: () => Promise<Written>): Promise<Written> {
    const end = this.#writes.begin(write);
    try {
      const written = await run();
      end({ route: written.after });
      if (this.#followed !== undefined) {
        this.#fingerprint = undefined;
        this.#followed.wrote(write, written.after);
      }
      return written;
    } catch (error) {
      end(error instanceof RouteTableError && wroteNothing(error.reason) ? { route: write.before } : undefined);
      this.notice();
      throw error;
    }
  }

  #ownershipsChanged(commitId: string, changes: readonly OwnershipChange[]): void {
    if (this.#followed !== undefined) this.#followed.owned(commitId, changes);
    else if (changes.length > 0) this.#revision += 1n;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#closed !== undefined || (this.#followed === undefined && this.#attaching === 0)) return;
    this.#timer = setTimeout(() => {
      this.#list().catch((error: unknown) => this.#options.log.error({ err: error }, 'the table cannot be followed'));
    }, delayMs).unref();
  }

  #restWhenIdle(): void {
    clearTimeout(this.#idle);
    if (this.#closed !== undefined || this.#attaching > 0 || this.watchers > 0) return;
    this.#idle = setTimeout(() => {
      this.#revision = this.revision;
      this.#followed = undefined;
      clearTimeout(this.#timer);
    }, followAfterLastMs).unref();
  }
}
