import { isUnspecified, parseAddress } from '../../../proto/address.js';
import type { CreateRouteResult, DeleteRouteResult, SetRouteResult } from '../../model/results.js';
import type { Route } from '../../model/route.js';
import type { RouteKey } from '../../model/route-spec.js';
import { routeFields, routeKeyColumns } from './route-view.js';
import type { View } from './view.js';

/** What a write did. */
export type WriteResult = 'created' | 'existed' | 'changed' | 'unchanged' | 'deleted' | 'missing';

/** A write and the row that it was about: as it is now or, if deleted, as it was. */
export interface WriteRow extends Partial<Route> {
  readonly result: WriteResult;
  /** Nothing was written; `result` is what would have happened. */
  readonly dryRun: boolean;
  /** Windows function that wrote. */
  readonly function?: string | undefined;
  /** Metric before a change. */
  readonly previousMetric?: number | undefined;
}

/** Outcomes of writes. */
export const writeView: View<WriteRow> = {
  columns: [
    { header: 'RESULT', text: ({ result, dryRun }) => (dryRun ? `${result} (dry run)` : result) },
    ...routeKeyColumns,
    { header: 'METRIC', align: 'right', text: metricText },
    { header: 'FUNCTION', text: ({ function: name }) => name },
  ],
  fields: ['result', 'dryRun', 'function', 'previousMetric', ...routeFields],
};

function metricText({ result, previousMetric, metric }: WriteRow): string | number | undefined {
  return result === 'changed' && previousMetric !== metric ? `${previousMetric} -> ${metric}` : metric;
}

/** Outcome of `routes add`. */
export function createdRow({ route, alreadyExisted, function: name }: CreateRouteResult, dryRun: boolean): WriteRow {
  return { ...route, result: alreadyExisted ? 'existed' : 'created', dryRun, function: name };
}

/** Outcome of `routes set`. */
export function changedRow({ route, previous, function: name }: SetRouteResult, dryRun: boolean): WriteRow {
  const changed =
    route.etag !== previous.etag ||
    route.validLifetimeSeconds !== previous.validLifetimeSeconds ||
    route.preferredLifetimeSeconds !== previous.preferredLifetimeSeconds;
  return { ...route, result: changed ? 'changed' : 'unchanged', dryRun, function: name, previousMetric: previous.metric };
}

/** Outcome of `routes delete`; for a row that was not there, what was asked for. */
export function deletedRow({ route, function: name }: DeleteRouteResult, key: RouteKey, dryRun: boolean): WriteRow {
  if (route !== undefined) return { ...route, result: 'deleted', dryRun, function: name };
  const { destinationPrefix, nextHop } = key;
  const onLink = nextHop === undefined || isUnspecified(parseAddress(nextHop));
  return { destinationPrefix, ...(onLink ? {} : { nextHop }), onLink, result: 'missing', dryRun };
}
