import type { DesiredRoute, Route, RouteKey } from '../routes/route.js';
import type { RegistryValue } from '../routes/route-registry.js';
import type { Failure } from './failure.js';

/** What a failed operation means for the others of its commit. */
export type Atomicity = 'all-or-nothing' | 'continue-on-error';

/** What becomes of persistent rows of an owner that other programs change: put back, or only told. */
export type DriftPolicy = 'enforce' | 'report';

/** What a step does to its row. */
export type StepKind = 'create' | 'set' | 'delete' | 'unchanged';

/** Whose a row is, and how it shall be; kept on disk. */
export interface Receipt {
  readonly owner: string;
  /** The agent keeps the row over reboots, interface flaps and the changes of other programs. */
  readonly persistent: boolean;
  readonly desired: DesiredRoute;
  /** Finds the interface again when it returns with another LUID. */
  readonly interfaceGuid: string | undefined;
}

/** A receipt that comes, changes or goes with a step. */
export interface ReceiptChange {
  readonly key: RouteKey;
  /** Undefined: none. */
  readonly before: Receipt | undefined;
  /** Undefined: none. */
  readonly after: Receipt | undefined;
}

/** One row of a commit: everything that is needed to do it, and to undo it. */
export interface CommitStep {
  readonly kind: StepKind;
  readonly key: RouteKey;
  /** Undefined: there is none. */
  readonly before: Route | undefined;
  /** As planned, then as read back. Undefined: there will be none. */
  readonly after: Route | undefined;
  /** Undefined: nobody owned the row, and nobody will. */
  readonly receipt: ReceiptChange | undefined;
  /** Values that go from the registry with the row, as they stand there. Empty: the registry is not written. */
  readonly registryValues: readonly RegistryValue[];
  /** Position in the request; undefined: follows from replacing an owner's set. */
  readonly operationIndex: number | undefined;
  readonly outcome: StepOutcome;
}

/** Whether a step leaves table and registry as they are. */
export function writesNothing({ kind, registryValues }: Pick<CommitStep, 'kind' | 'registryValues'>): boolean {
  return kind === 'unchanged' && registryValues.length === 0;
}

/** Whether a step writes, to the table, the registry or the journal. Of the others a commit says nothing. */
export function doesSomething(step: Pick<CommitStep, 'kind' | 'receipt' | 'registryValues'>): boolean {
  return step.receipt !== undefined || !writesNothing(step);
}

/** What became of a step. */
export interface StepOutcome {
  /** Windows function that wrote; undefined: none was called. */
  readonly writtenBy: string | undefined;
  /** Undefined: done, or not yet tried. */
  readonly failure: Failure | undefined;
}

/** Where a commit stands. */
export type CommitState = 'applying' | 'pending' | 'committed' | 'rolling-back' | 'rolled-back' | 'rollback-failed';

/** What a probe found. */
export interface ProbeResult {
  /** "TCP connection to 192.0.2.1:443" */
  readonly probe: string;
  /** Only then it counts. */
  readonly passedBefore: boolean;
  /** Undefined: not tried. */
  readonly passedAfter: boolean | undefined;
  /** What was found where it did not pass; else empty. */
  readonly message: string;
}

/** The host's boot, as far as it can be told apart from others. */
export interface HostBoot {
  /** Undefined: the system has no such name. */
  readonly id: string | undefined;
  readonly uptimeSeconds: number;
}

/** A change of an owner's policy. */
export interface DriftPolicyChange {
  readonly owner: string;
  /** Undefined: none. */
  readonly before: DriftPolicy | undefined;
  readonly after: DriftPolicy | undefined;
}

/** A write and what became of it, as it stands in the journal. */
export interface CommitRecord {
  readonly id: string;
  /** Empty: none. */
  readonly requestId: string;
  /** Of what was asked; tells a repeated request from another one with the same id. */
  readonly contentHash: string;
  readonly state: CommitState;
  /** Empty: a caller without certificate. */
  readonly actor: string;
  /** Empty: nobody. */
  readonly owner: string;
  readonly comment: string;
  readonly atomicity: Atomicity;
  /** Undefined: stands at once. */
  readonly confirmWithinMs: number | undefined;
  readonly requireFreshConnection: boolean;
  readonly createTime: Date;
  /** When it reached its last state; undefined: not yet. */
  readonly endTime: Date | undefined;
  readonly boot: HostBoot;
  readonly revisionBefore: bigint;
  /** 0 before the last write. */
  readonly revisionAfter: bigint;
  /** In the order of execution. */
  readonly steps: readonly CommitStep[];
  readonly driftPolicy: DriftPolicyChange | undefined;
  readonly probes: readonly ProbeResult[];
  /** Why it failed or was undone; undefined: it stands, or nothing is decided yet. */
  readonly failure: Failure | undefined;
}
