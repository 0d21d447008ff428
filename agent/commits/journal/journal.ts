import type { CommitRecord, DriftPolicy, Receipt } from '../commit.js';
import type { Failure } from '../failure.js';

/** Everything that the journal knows. */
export interface JournalState {
  /** By id, oldest first. */
  readonly commits: ReadonlyMap<string, CommitRecord>;
  /** By keyText. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** By owner. */
  readonly driftPolicies: ReadonlyMap<string, DriftPolicy>;
}

/** What is written down at once. */
export type JournalRecord =
  /** A commit begins: on disk before the first write to the table. Its state is "applying". */
  | { readonly type: 'begin'; readonly commit: CommitRecord }
  /**
   * A commit that is not in a final state ("committed", "rolled-back") reaches a state; members that are given, and not undefined, replace those on
   * record. On "committed" and "pending" the `receipt.after` of every step without failure and `driftPolicy.after` take effect; on "rolled-back"
   * their `before` are restored, whatever the steps' outcome.
   */
  | ({ readonly type: 'update'; readonly id: string } & Pick<CommitRecord, 'state'> &
      Partial<Pick<CommitRecord, 'endTime' | 'revisionAfter' | 'steps' | 'probes' | 'failure'>>);

/** The agent's memory on disk. */
export interface Journal {
  readonly state: JournalState;
  /** Why nothing can be appended until somebody repairs it (JOURNAL_DAMAGED). Undefined: it is whole. */
  readonly damage: Failure | undefined;
  /**
   * Resolves when the record is on the disk, and `state` shows it.
   *
   * @throws RouteTableError JOURNAL_UNAVAILABLE or JOURNAL_DAMAGED: then the record does not count. Any other error is a mistake of the caller, such
   *   as an update of a commit that is final already
   */
  append(record: JournalRecord): Promise<void>;
  /** Whether a record could be written now. @throws like `append` */
  check(): Promise<void>;
  close(): Promise<void>;
}
