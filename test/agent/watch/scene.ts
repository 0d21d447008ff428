import pino from 'pino';
import { afterEach, beforeEach, vi } from 'vitest';
import type { OwnershipChange } from '../../../agent/watch/observed-table.js';
import type { Ownership } from '../../../agent/watch/table-change.js';
import { type ObserverOptions, TableObserver } from '../../../agent/watch/table-observer.js';
import type { Watcher } from '../../../agent/watch/watcher.js';
import { type InterleavedTable, makeInterleavedTable } from './interleaved-table.js';
import { metricsOf, route, told } from './rows.js';

/** How often an observer of a scene reads by itself, in ms. */
export const intervalMs = 2000;

/** Timers and clocks stand still until a test moves them. */
export function useStoppedClock(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
  afterEach(() => void vi.useRealTimers());
}

/** An observer of a table whose accesses go on when the test says so; time stands still until the test moves it. */
export class Scene {
  readonly host: InterleavedTable;
  /** By the third byte of the prefix. */
  readonly owners: Map<string, Ownership> = new Map();
  readonly observer: TableObserver;

  constructor(rows: Readonly<Record<number, number>> = {}) {
    this.host = makeInterleavedTable(rows);
    const ownershipOf: ObserverOptions['ownershipOf'] = (key) => this.owners.get(`${key.destinationPrefix.bytes[2]}`);
    this.observer = new TableObserver({ table: this.host.table, log: pino({ level: 'silent' }), intervalMs, ownershipOf });
  }

  /** A watcher of everything, and what it knows at first. */
  async attach(since?: bigint): Promise<{ readonly watcher: Watcher; readonly known: Map<string, number>; readonly resumed: boolean }> {
    const attaching = this.observer.attach(() => true, since);
    await this.host.settle();
    const { watcher, resumed } = await attaching;
    return { watcher, known: metricsOf(resumed ? [] : this.observer.begin(watcher).rows), resumed };
  }

  /** Another program changes the table, and the host tells of it. */
  external(number: number, metric: number | undefined): void {
    this.host.external(number, metric);
    this.observer.notice();
  }

  /** The agent writes a row, by a commit of its own for each metric. */
  own(number: number, metric: number | undefined, commitId: string, ownershipChange?: OwnershipChange): Promise<unknown> {
    const after = metric === undefined ? undefined : route(number, metric);
    const write = { key: route(number, 0), commitId, before: this.host.rowOf(number), after, ownershipChange };
    return this.observer.table.ownWrite(write, async () => ({ after: await this.host.write(number, metric), writtenBy: 'Set' }));
  }

  /** Lets the time pass, and everything that waits go on. */
  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    await this.host.settle();
  }
}

/** What waits for a watcher, each change with its cause. */
export const take = (watcher: Watcher): [change: string, cause: string][] =>
  watcher.take(1000).changes.map((change) => [told(change), change.commitId ?? 'external']);
