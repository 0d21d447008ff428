import type * as commits from '../../proto/gen/routefleet/v1/commit.pb.js';
import { Risk } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { decodeFailure } from '../errors/agent-failure.js';
import type { BestRouteChange, PlanStep, PlanSummary, PlanWarning } from '../model/plan.js';
import { riskCodec, stepKindCodec } from './change-names.js';
import { decodeText } from './numbers.js';
import { optionalRoute } from './route.js';

/** The plan as a whole. */
export function decodePlanSummary(summary: commits.PlanSummary): PlanSummary {
  const { planToken, revision, creates, sets, deletes, unchanged } = summary;
  return {
    planToken,
    revision,
    creates,
    sets,
    deletes,
    unchanged,
    bestRoutes: summary.bestRoutes.map(decodeBestRouteChange),
    warnings: summary.warnings.map(decodeWarning),
  };
}

/** One step of a plan. */
export function decodePlanStep({ kind, before, after, operationIndex, status, registryValues }: commits.PlanStep): PlanStep {
  return {
    kind: stepKindCodec.decode(kind),
    before: optionalRoute(before),
    after: optionalRoute(after),
    operationIndex,
    failure: decodeFailure(status),
    registryValues: registryValues.length === 0 ? undefined : registryValues,
  };
}

function decodeBestRouteChange({ destination, management, before, after }: commits.BestRouteChange): BestRouteChange {
  return { destination, management, before: optionalRoute(before), after: optionalRoute(after) };
}

/** What to know of a plan, or of a write. */
export function decodeWarning({ reason, message, remedy, risk }: commits.PlanWarning): PlanWarning {
  return { reason, message, remedy: decodeText(remedy), risk: risk === Risk.UNSPECIFIED ? undefined : riskCodec.decode(risk) };
}
