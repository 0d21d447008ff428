import type { WriteCallOptions } from '../../model/call-options.js';
import type { DriftPolicy } from '../../model/change.js';
import type { RouteSpec } from '../../model/route-spec.js';
import type { Host } from '../host.js';
import type { ApplyOutcome, RolloutReason } from './rollout-event.js';
import type { RolloutPolicy } from './rollout-policy.js';

/** One host of a rollout, with what was planned for it. */
export interface RolloutHost extends Pick<Host, 'name' | 'address' | 'tls' | 'timeoutMs'> {
  /** Position of its desired routes in `RolloutSpec.routeSets`; hosts that shall have the same share them. */
  readonly routeSet: number;
  /** Of its plan: the host refuses the change when its table is another one by then. Absent: it could not be planned. */
  readonly planToken?: string | undefined;
  /** Of the table that the plan was made of. */
  readonly revision?: bigint | undefined;
  /** Why it could not be planned, and as what it therefore counts when its turn comes. */
  readonly problem?: (RolloutReason & { readonly outcome: Extract<ApplyOutcome, 'failed' | 'unreachable'> }) | undefined;
}

/** What goes with the change of every host. */
export type RolloutChangeOptions = Pick<WriteCallOptions, 'acceptedRisks' | 'probes' | 'comment'> & {
  readonly owner: string;
  readonly driftPolicy?: DriftPolicy | undefined;
  /** Time until a host undoes the change by itself, in milliseconds. */
  readonly confirmWithinMs: number;
};

/** A command of the controller's machine that says whether a rollout may go on: by exit code 0. */
export interface GateCommand {
  /** As for a shell: `sh -c`, `cmd.exe` on Windows. */
  readonly command: string;
  /** Where it is run; absolute. */
  readonly directory: string;
}

/** Everything that a rollout is, before it begins. It never changes. */
export interface RolloutSpec {
  /** "20261124-123142-a1b2c3" */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Where its routes came from, for people. */
  readonly source: string;
  readonly policy: RolloutPolicy;
  readonly options: RolloutChangeOptions;
  /** In the order of the policy. */
  readonly hosts: readonly RolloutHost[];
  readonly routeSets: readonly (readonly RouteSpec[])[];
  /** Plaintext, on loopback. */
  readonly insecure: boolean;
  /** What has to succeed before each further wave, beside the look at its hosts. */
  readonly gate?: GateCommand | undefined;
  /** "jane@noc1", who began it, for people. */
  readonly startedBy?: string | undefined;
}
