import type { PlanRoutesRequest, PlanRoutesResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { checkExpectations, checkOperations } from '../../commits/checks.js';
import type { Call } from '../call.js';
import { encodePlanSteps, encodePlanSummary } from '../codec/commit.js';
import type { HandlerContext } from '../context.js';
import { receiveChange } from './change-stream.js';

/** Steps of one message. */
const chunkSteps = 500;

/** PlanRoutes. */
export async function* planRoutes(
  { engine, limits }: HandlerContext,
  requests: AsyncIterable<PlanRoutesRequest>,
  { caller }: Call,
): AsyncGenerator<PlanRoutesResponse> {
  const { change, options } = await receiveChange(requests, limits.maxOperations);
  const plan = await engine.plan(change, options.destinations, caller);
  checkExpectations(plan, options);
  checkOperations(plan, change);
  const steps = encodePlanSteps(plan);
  yield { summary: encodePlanSummary(plan), steps: steps.slice(0, chunkSteps) };
  for (let start = chunkSteps; start < steps.length; start += chunkSteps) {
    yield { summary: undefined, steps: steps.slice(start, start + chunkSteps) };
  }
}
