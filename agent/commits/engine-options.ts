import type { Logger } from 'pino';
import type { Address } from '../../proto/address.js';
import type { ObservedTable } from '../watch/observed-table.js';
import type { PlannedChange } from './checks.js';
import type { CommitRecord, HostBoot, ProbeResult } from './commit.js';
import type { Journal } from './journal/journal.js';

/** What the engine works with. */
export interface EngineOptions {
  readonly table: ObservedTable;
  readonly journal: Journal;
  readonly log: Logger;
  readonly boot: HostBoot;
  /** Addresses of the controllers that are connected now. */
  controllers(): readonly Address[];
  /** Monotonic, in ms. */
  now(): number;
}

/** A commit as it is now. */
export interface CommitView {
  readonly record: CommitRecord;
  /** Time left to confirm, in ms; undefined: nothing to confirm. */
  readonly remainingMs: number | undefined;
}

/** What an apply came to. */
export interface Applied {
  /** Undefined: the request was a repetition. */
  readonly plan: PlannedChange | undefined;
  /** Undefined: there was nothing to do, or nothing was to be done. */
  readonly commit: CommitView | undefined;
  /** What the probes find, where nothing was to be done; empty otherwise. */
  readonly probes: readonly ProbeResult[];
}

/** How an apply is followed. */
export interface ApplyEvents {
  /** Ends the wait, and undoes what was written so far. */
  readonly signal: AbortSignal;
  onPlanned?(plan: PlannedChange): void;
  onProgress?(done: number, total: number): void;
}
