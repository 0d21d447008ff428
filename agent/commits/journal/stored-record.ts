import type { CommitRecord, DriftPolicy, Receipt } from '../commit.js';
import type { JournalRecord } from './journal.js';

/** Of the records below. An older agent refuses a newer journal. */
export const schemaVersion = 2;

/** Everything that a line of the file can hold, in the order of the file: header, snapshot and its end, then what happened since. */
export type StoredRecord =
  | { readonly type: 'header'; readonly schema: number }
  | { readonly type: 'commit'; readonly commit: CommitRecord }
  /** By keyText. */
  | { readonly type: 'receipts'; readonly receipts: readonly (readonly [string, Receipt])[] }
  /** By owner. */
  | { readonly type: 'drift-policies'; readonly driftPolicies: readonly (readonly [string, DriftPolicy])[] }
  | { readonly type: 'snapshot-end' }
  | JournalRecord
  /** Says nothing: written to find out whether the disk takes records again. */
  | { readonly type: 'check'; readonly padding: string };
