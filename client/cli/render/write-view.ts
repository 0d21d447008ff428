import { isUnspecified, parseAddress } from '../../../proto/address.js';
import type { Commit } from '../../model/commit.js';
import type { PlanWarning } from '../../model/plan.js';
import type { CreateRouteResult, DeleteRouteResult, SetDefaultGatewayResult, SetRouteResult } from '../../model/results.js';
import type { Route } from '../../model/route.js';
import type { RouteKey } from '../../model/route-spec.js';
import { routeFields, routeKeyColumns } from './route-view.js';
import type { View } from './view.js';

/** What a write did. */
export type WriteResult = 'created' | 'existed' | 'changed' | 'unchanged' | 'deleted' | 'missing' | 'set';

/** A write and the row that it was about: as it is now or, if deleted, as it was. */
export interface WriteRow extends Partial<Route> {
  readonly result: WriteResult;
  /** Nothing was written; `result` is what would have happened. */
  readonly dryRun: boolean;
  /** Windows function that wrote. */
  readonly function?: string | undefined;
  /** Metric before a change. */
  readonly previousMetric?: number | undefined;
  readonly commit?: Commit | undefined;
  /** Names of the values that went from the registry with the row. */
  readonly registryValues?: readonly string[];
  readonly warnings?: readonly PlanWarning[];
}

/** Outcomes of writes. */
export const writeView: View<WriteRow> = {
  columns: [
    { header: 'RESULT', text: ({ result, dryRun }) => (dryRun ? `${result} (dry run)` : result) },
    ...routeKeyColumns,
    { header: 'METRIC', align: 'right', text: metricText },
    { header: 'FUNCTION', text: ({ function: name }) => name },
  ],
  fields: ['result', 'dryRun', 'function', 'previousMetric', ...routeFields, 'registryValues', 'commit', 'warnings'],
};

function metricText({ result, previousMetric, metric }: WriteRow): string | number | undefined {
  return result === 'changed' && previousMetric !== metric ? `${previousMetric} -> ${metric}` : metric;
}

/** Outcome of `routes add`. */
export function createdRow({ route, alreadyExisted, function: name, commit }: CreateRouteResult, dryRun: boolean): WriteRow {
  return { ...route, result: alreadyExisted ? 'existed' : 'created', dryRun, function: name, commit };
}

/** Outcome of `routes set`. */
export function changedRow({ route, previous, function: name, commit, warnings }: SetRouteResult, dryRun: boolean): WriteRow {
  const changed =
    route.etag !== previous.etag ||
    route.validLifetimeSeconds !== previous.validLifetimeSeconds ||
    route.preferredLifetimeSeconds !== previous.preferredLifetimeSeconds;
  return { ...route, result: changed ? 'changed' : 'unchanged', dryRun, function: name, previousMetric: previous.metric, commit, warnings };
}

/** Outcome of `routes delete`; for a row that was not there, what was asked for. */
export function deletedRow(answer: DeleteRouteResult, key: RouteKey, dryRun: boolean): WriteRow {
  const { route, function: name, commit, registryValues, warnings } = answer;
  const outcome = { dryRun, function: name, commit, registryValues, warnings };
  if (route !== undefined) return { ...route, result: 'deleted', ...outcome };
  const { destinationPrefix, nextHop } = key;
  const onLink = nextHop === undefined || isUnspecified(parseAddress(nextHop));
  // It stood in the registry alone.
  const result = registryValues.length > 0 ? 'deleted' : 'missing';
  return { destinationPrefix, ...(onLink ? {} : { nextHop }), onLink, result, ...outcome };
}

/** Outcome of `default-gateway set`: the new default route, and those that went for it. */
export function gatewayRows({ route, replaced, commit, warnings }: SetDefaultGatewayResult, dryRun: boolean): readonly WriteRow[] {
  const result = commit === undefined && !dryRun ? 'unchanged' : 'set';
  return [{ ...route, result, dryRun, commit, warnings }, ...replaced.map((old): WriteRow => ({ ...old, result: 'deleted', dryRun }))];
}
