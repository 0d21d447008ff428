import type { PlanSummary } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { PlanRoutesRequest, PlanRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { checkExpectations, checkOperations } from '../../commits/checks.js';
import type { Call } from '../call.js';
import { encodePlanSteps, encodePlanSummary } from '../codec/commit.js';
import type { HandlerContext } from '../context.js';
import { receiveChange } from './change-stream.js';

/** PlanRoutes. */
export async function* planRoutes(
  { engine, limits, heldOperations }: HandlerContext,
  requests: AsyncIterable<PlanRoutesRequest>,
  { caller }: Call,
): AsyncGenerator<PlanRoutesResponse> {
  const held = heldOperations.begin(caller.actor || String(caller.peer?.address.bytes));
  try {
    const { change, options } = await receiveChange(requests, limits.maxOperations, held.take);
    const plan = await engine.plan(change, options.destinations, caller);
    checkExpectations(plan, options);
    checkOperations(plan, change);
    let summary: PlanSummary | undefined = encodePlanSummary(plan);
    for (const steps of encodePlanSteps(plan)) {
      yield { summary, steps };
      summary = undefined;
    }
    if (summary !== undefined) yield { summary, steps: [] };
  } finally {
    held.release();
  }
}
