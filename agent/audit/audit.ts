import type { CommitState, StepKind } from '../commits/commit.js';

/** What a failing audit log stops: changes of the table, or nothing; "off": there is none. */
export const auditModes = ['required', 'best-effort', 'off'] as const;

/** One of {@link auditModes}. */
export type AuditMode = (typeof auditModes)[number];

/** A row on one side of a step. */
export interface AuditedRow {
  readonly metric: number | undefined;
  /** Undefined: nobody's. */
  readonly owner: string | undefined;
  readonly persistent: boolean | undefined;
}

/** What a commit does to one row. */
export interface AuditedStep {
  readonly kind: StepKind;
  /** "10.0.0.0/8 via 192.0.2.1 on interface 12" */
  readonly row: string;
  /** Undefined: there is none. */
  readonly before: AuditedRow | undefined;
  /** Undefined: there will be none. */
  readonly after: AuditedRow | undefined;
  /** Names of values that go from the registry with the row. Undefined: the registry is not written. */
  readonly registry: readonly string[] | undefined;
}

/** What is written down. No bodies of requests, no keys; texts of callers are cut short. */
export type AuditEntry =
  /** A commit begins: on disk before the first write to the table. */
  | {
      readonly type: 'commit';
      readonly id: string;
      readonly actor: string;
      readonly owner: string;
      readonly comment: string;
      readonly state: 'applying';
      readonly steps: readonly AuditedStep[];
      /** Steps beyond those told. */
      readonly moreSteps: number;
    }
  /** What became of it; "not-begun": it could not be journaled, and the table was not touched. */
  | {
      readonly type: 'commit';
      readonly id: string;
      readonly state: CommitState | 'not-begun';
      readonly failure: { readonly reason: string; readonly message: string } | undefined;
      /** Why the journal could not take it. */
      readonly journal: string | undefined;
    }
  /** A call that needs more than to read ended. */
  | {
      readonly type: 'call';
      readonly rpc: string;
      readonly identity: string;
      readonly peer: string;
      /** "OK", or a gRPC code. */
      readonly outcome: string;
      readonly reason: string | undefined;
      readonly commit: string | undefined;
    }
  /** Calls that were not let in, or not let go on: the first at once, those of the next seconds together. */
  | {
      readonly type: 'denied';
      readonly rpc: string;
      readonly identity: string;
      readonly peer: string;
      readonly reason: string;
      readonly count: number;
    };

/** How an entry is written. */
export interface WriteOptions {
  /** Resolve only when it is on the disk. Default false: when it is in the file. */
  readonly durable?: boolean;
}

/** The agent's account of who did what, in which nothing can be changed without a trace. */
export interface AuditLog {
  /** Entries stand in the order of the calls. @throws RouteTableError AUDIT_UNAVAILABLE: then the entry is counted as lost, not kept */
  write(entry: AuditEntry, options?: WriteOptions): Promise<void>;
  /** Tries again to write, if writing failed before. @throws RouteTableError AUDIT_UNAVAILABLE */
  check(): Promise<void>;
  /** Signs what was written, and closes the file. */
  close(): Promise<void>;
}

/** The log where there is none. */
export const noAudit: AuditLog = {
  write: async () => {},
  check: async () => {},
  close: async () => {},
};

const maxCharacters = 256;

/** A text of somebody else, cut short. */
export function bounded(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}…`;
}
