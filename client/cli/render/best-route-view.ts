import type { Route } from '../../model/route.js';
import { metricColumns, routeFields, routeKeyColumns } from './route-view.js';
import type { View } from './view.js';

/** A best route with what was asked for. */
export interface BestRouteRow extends Route {
  readonly destination: string;
  readonly sourceAddress?: string | undefined;
}

/** Best routes. */
export const bestRouteView: View<BestRouteRow> = {
  columns: [
    { header: 'DESTINATION', text: ({ destination }) => destination },
    ...routeKeyColumns,
    { header: 'SOURCE', text: ({ sourceAddress }) => sourceAddress },
    ...metricColumns,
  ],
  fields: ['destination', 'sourceAddress', ...routeFields],
};
