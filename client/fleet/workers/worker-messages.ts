import type { RouteErrorDetails } from '../../errors/route-error.js';
import type { ConnectorOptions } from '../connector.js';
import type { HostRoutes } from '../desired-hosts.js';
import type { PlanContent, PlanHostOptions } from '../fleet-plan.js';
import type { ApplyReport, UndoReport } from '../rollout/host-work.js';
import type { RolloutSpec } from '../rollout/rollout-spec.js';

/** Work on one host. */
export type Job =
  | { readonly kind: 'plan'; readonly target: HostRoutes; readonly options: PlanHostOptions }
  | { readonly kind: 'apply'; readonly host: string; readonly resumed: boolean; readonly confirming: boolean }
  | { readonly kind: 'undo'; readonly host: string; readonly attempt: number; readonly resumed: boolean };

/** What a job comes to, by its kind. */
export interface JobResults {
  readonly plan: { readonly ok: true; readonly value: PlanContent } | { readonly ok: false; readonly error: RouteErrorDetails };
  readonly apply: ApplyReport;
  readonly undo: UndoReport;
}

/** What a worker is told. */
export type Order =
  /** First. `rollout`: that of all jobs but plans. */
  | { readonly type: 'setUp'; readonly connector: ConnectorOptions; readonly rollout?: RolloutSpec | undefined }
  | { readonly type: 'begin'; readonly id: number; readonly job: Job }
  | { readonly type: 'abort'; readonly id: number }
  /** The answer to its question. */
  | { readonly type: 'mayConfirm'; readonly id: number; readonly may: boolean };

/** What a worker tells. */
export type Report =
  | { readonly type: 'ended'; readonly id: number; readonly result: JobResults[Job['kind']] }
  /** A mistake of this program. */
  | { readonly type: 'failed'; readonly id: number; readonly error: Error }
  /** Asks before it confirms. */
  | { readonly type: 'mayConfirm'; readonly id: number };
