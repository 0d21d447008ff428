import type { CommitSteps, Commit as WireCommit } from '../proto/gen/routefleet/v1/commit.pb.js';
import {
  type ApplyRoutesResponse,
  type PlanRoutesResponse,
  RouteServiceService as service,
} from '../proto/gen/routefleet/v1/route_service.pb.js';
import type { Calls } from './calls.js';
import { decodeOperationResult } from './codec/apply.js';
import { encodeChange } from './codec/change.js';
import { decodeCommit, decodeProbeResult, decodeStep } from './codec/commit.js';
import { MalformedAnswerError, required } from './codec/malformed-answer.js';
import { decodePlanStep, decodePlanSummary } from './codec/plan.js';
import type { ApplyResult, OperationResult } from './model/apply-result.js';
import type { ApplyOptions } from './model/call-options.js';
import type { Commit, CommitStep, ProbeResult } from './model/commit.js';
import type { Plan, PlanStep, PlanSummary } from './model/plan.js';
import type { ChangeClient } from './route-client.js';

/** Plans and applies changes of many rows. */
export function createChangeCalls({ transport, streamLimits, attempt }: Calls): ChangeClient {
  return {
    planRoutes: (change, options = {}) =>
      attempt('PlanRoutes', async () => {
        const parts = encodeChange(change, options);
        const messages = transport.duplexStream(service.planRoutes, parts, streamLimits(options));
        return collectPlan(messages);
      }),

    applyRoutes: (change, options = {}) =>
      attempt('ApplyRoutes', async () => {
        const parts = encodeChange(change, options);
        const messages = transport.duplexStream(service.applyRoutes, parts, streamLimits(options));
        return collectApply(messages, options);
      }),
  };
}

async function collectPlan(messages: AsyncIterable<PlanRoutesResponse>): Promise<Plan> {
  let summary: PlanSummary | undefined;
  const steps: PlanStep[] = [];
  for await (const message of messages) {
    if (message.summary !== undefined) summary = decodePlanSummary(message.summary);
    for (const step of message.steps) steps.push(decodePlanStep(step));
  }
  return { ...required(summary, 'summary'), steps };
}

async function collectApply(messages: AsyncIterable<ApplyRoutesResponse>, { onPlanned, onProgress }: ApplyOptions): Promise<ApplyResult> {
  let planned: PlanSummary | undefined;
  let commit: Commit | undefined;
  const results: OperationResult[] = [];
  let probes: readonly ProbeResult[] = [];
  const moreSteps: CommitSteps[] = [];
  for await (const { event } of messages) {
    switch (event?.$case) {
      case undefined: // Of a newer agent.
        break;
      case 'planned':
        planned = decodePlanSummary(event.value);
        onPlanned?.(planned);
        break;
      case 'progress':
        onProgress?.(event.value);
        break;
      case 'results':
        if (event.value.firstIndex !== results.length) {
          throw new MalformedAnswerError(`results from ${event.value.firstIndex} on came after ${results.length} results`);
        }
        for (const status of event.value.statuses) results.push(decodeOperationResult(status));
        break;
      case 'commit':
        commit = decodeCommit(event.value, inSequence(event.value, moreSteps));
        break;
      case 'steps':
        moreSteps.push(event.value);
        break;
      case 'probes':
        probes = event.value.results.map(decodeProbeResult);
        break;
    }
  }
  const ok = commit?.failure === undefined && results.every((result) => result.ok);
  return { ok, planned, results, probes, commit };
}

/** The steps that came before their commit, and go on where its own end. */
function inSequence({ steps, stepCount }: WireCommit, pieces: readonly CommitSteps[]): CommitStep[] {
  const decoded: CommitStep[] = [];
  for (const piece of pieces) {
    const expected = steps.length + decoded.length;
    if (piece.firstIndex !== expected) throw new MalformedAnswerError(`steps from ${piece.firstIndex} on came after ${expected} steps`);
    for (const step of piece.steps) decoded.push(decodeStep(step));
  }
  const count = steps.length + decoded.length;
  // 0: an agent that does not count them.
  if (stepCount !== 0 && stepCount !== count) throw new MalformedAnswerError(`${count} of ${stepCount} steps came`);
  return decoded;
}
