import { formatAddress } from '../../../proto/address.js';
import {
  type PlanStep,
  type PlanSummary,
  StepKind,
  type BestRouteChange as WireBestRouteChange,
  type Commit as WireCommit,
  CommitState as WireCommitState,
  type CommitStep as WireCommitStep,
  type CommitSteps as WireCommitSteps,
  type PlanWarning as WirePlanWarning,
  type ProbeResult as WireProbeResult,
  Risk as WireRisk,
} from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { BestRouteChange } from '../../commits/best-route-change.js';
import type { Risk } from '../../commits/change.js';
import type { PlannedChange } from '../../commits/checks.js';
import type { CommitRecord, CommitState, CommitStep, StepKind as DomainStepKind, ProbeResult, Receipt } from '../../commits/commit.js';
import type { CommitView } from '../../commits/engine-options.js';
import type { RefusedOperation } from '../../commits/plan-steps.js';
import { type RiskFinding, remedies } from '../../commits/risks.js';
import { findWarnings } from '../../commits/warnings.js';
import type { Route } from '../../routes/route.js';
import { encodeFailure } from '../status.js';
import { encodeMilliseconds } from './duration.js';
import { encodeRoute } from './route.js';

const kinds: Readonly<Record<DomainStepKind, StepKind>> = {
  create: StepKind.CREATE,
  set: StepKind.SET,
  delete: StepKind.DELETE,
  unchanged: StepKind.UNCHANGED,
};

const states: Readonly<Record<CommitState, WireCommitState>> = {
  applying: WireCommitState.APPLYING,
  pending: WireCommitState.PENDING_CONFIRMATION,
  committed: WireCommitState.COMMITTED,
  'rolling-back': WireCommitState.ROLLING_BACK,
  'rolled-back': WireCommitState.ROLLED_BACK,
  'rollback-failed': WireCommitState.ROLLBACK_FAILED,
};

const risks: Readonly<Record<Risk, WireRisk>> = {
  'management-path': WireRisk.MANAGEMENT_PATH,
  'default-route': WireRisk.DEFAULT_ROUTE,
  'other-owner': WireRisk.OTHER_OWNER,
};

/** Steps of one message, of a plan or of a commit: however long their texts are, it stays below 4 MiB, and it is made in a few milliseconds. */
export const stepsPerMessage = 500;

/** A commit as it goes out, with its steps from `firstStep` on, as many as one message holds; undefined: without. */
export function encodeCommit({ record, remainingMs }: CommitView, firstStep: number | undefined): WireCommit {
  return {
    id: record.id,
    requestId: record.requestId,
    state: states[record.state],
    actor: record.actor,
    owner: record.owner,
    comment: record.comment,
    createTime: record.createTime,
    endTime: record.endTime,
    confirmRemaining: encodeMilliseconds(remainingMs),
    revisionBefore: record.revisionBefore,
    revisionAfter: record.revisionAfter,
    steps: firstStep === undefined ? [] : encodeCommitSteps(record, firstStep).steps,
    status: record.failure && encodeFailure(record.failure),
    probes: record.probes.map(encodeProbeResult),
    requireFreshConnection: record.requireFreshConnection,
    stepCount: record.steps.length,
  };
}

/** Steps of a commit from one on, as many as one message holds. */
export function encodeCommitSteps({ steps }: CommitRecord, firstIndex: number): WireCommitSteps {
  return { firstIndex, steps: steps.slice(firstIndex, firstIndex + stepsPerMessage).map(encodeCommitStep) };
}

/** What a probe found, as it goes out. */
export function encodeProbeResult({ probe, passedBefore, passedAfter, message }: ProbeResult): WireProbeResult {
  return { probe, passedBefore, passedAfter, message };
}

function encodeCommitStep(step: CommitStep): WireCommitStep {
  const { kind, operationIndex, outcome } = step;
  return {
    kind: kinds[kind],
    ...encodeRows(step, outcome.failure === undefined),
    function: outcome.writtenBy ?? '',
    status: outcome.failure && encodeFailure(outcome.failure),
    operationIndex,
    registryValues: encodeRegistryValues(step),
  };
}

/** Names of the values that a step takes out of the registry. */
export function encodeRegistryValues({ registryValues }: Pick<CommitStep, 'registryValues'>): string[] {
  return registryValues.map(({ name }) => name);
}

/** Both rows of a step, each with whose it is then. */
function encodeRows({ before, after, receipt }: CommitStep, showAfter: boolean): Pick<PlanStep, 'before' | 'after'> {
  const encode = (route: Route | undefined, owned: Receipt | undefined) => route && encodeRoute(route, owned);
  return { before: encode(before, receipt?.before), after: showAfter ? encode(after, receipt?.after) : undefined };
}

/** The steps of a plan, message by message: those that can be done in the order of execution, then the operations that cannot. */
export function* encodePlanSteps({ steps, refused }: PlannedChange): Generator<PlanStep[]> {
  for (let start = 0; start < steps.length; start += stepsPerMessage) yield steps.slice(start, start + stepsPerMessage).map(encodePlanStep);
  for (let start = 0; start < refused.length; start += stepsPerMessage)
    yield refused.slice(start, start + stepsPerMessage).map(encodeRefused);
}

function encodePlanStep(step: CommitStep): PlanStep {
  const { kind, operationIndex } = step;
  return { kind: kinds[kind], ...encodeRows(step, true), operationIndex, status: undefined, registryValues: encodeRegistryValues(step) };
}

function encodeRefused({ action, operationIndex, failure }: RefusedOperation): PlanStep {
  const kind = action === 'set' ? StepKind.SET : action === 'delete' ? StepKind.DELETE : StepKind.CREATE;
  return { kind, before: undefined, after: undefined, operationIndex, status: encodeFailure(failure), registryValues: [] };
}

/** A plan as a whole. */
export function encodePlanSummary({ steps, token, revision, bestRoutes, risks: findings }: PlannedChange): PlanSummary {
  const counts: Record<DomainStepKind, number> = { create: 0, set: 0, delete: 0, unchanged: 0 };
  for (const { kind } of steps) counts[kind] += 1;
  return {
    planToken: token,
    revision,
    creates: counts.create,
    sets: counts.set,
    deletes: counts.delete,
    unchanged: counts.unchanged,
    bestRoutes: bestRoutes.map(encodeBestRouteChange),
    warnings: [...findings.map(encodeRisk), ...encodeWarnings(steps)],
  };
}

function encodeBestRouteChange({ destination, management, before, after }: BestRouteChange): WireBestRouteChange {
  return {
    destination: formatAddress(destination),
    management,
    before: before && encodeRoute(before),
    after: after && encodeRoute(after),
  };
}

/** What to know of steps, and need not be agreed to. */
export function encodeWarnings(steps: readonly CommitStep[]): WirePlanWarning[] {
  return findWarnings(steps).map((warning) => ({ ...warning, risk: WireRisk.UNSPECIFIED }));
}

function encodeRisk({ risk, message, needs }: RiskFinding): WirePlanWarning {
  return { reason: 'RISK_NOT_ACCEPTED', message, remedy: remedies[needs](risk), risk: risks[risk] };
}
