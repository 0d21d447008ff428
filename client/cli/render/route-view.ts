import type { Route } from '../../model/route.js';
import { onLinkText } from '../options/next-hop-text.js';
import type { Column, View } from './view.js';

/** Columns that name a row of a table. */
export const routeKeyColumns: readonly Column<Partial<Route>>[] = [
  { header: 'PREFIX', text: ({ destinationPrefix }) => destinationPrefix },
  { header: 'NEXT-HOP', text: ({ onLink, nextHop }) => (onLink ? onLinkText : nextHop) },
  { header: 'INTERFACE', text: ({ interfaceAlias }) => interfaceAlias },
  { header: 'INDEX', align: 'right', text: ({ interfaceIndex }) => interfaceIndex },
];

/** Columns of the three metrics. */
export const metricColumns: readonly Column<Partial<Route>>[] = [
  { header: 'METRIC', align: 'right', text: ({ metric }) => metric },
  { header: 'IF-METRIC', align: 'right', text: ({ interfaceMetric }) => interfaceMetric },
  { header: 'EFFECTIVE', align: 'right', text: ({ effectiveMetric }) => effectiveMetric },
];

/** Every member of a route. */
export const routeFields: readonly (keyof Route)[] = [
  'destinationPrefix',
  'nextHop',
  'onLink',
  'family',
  'interfaceIndex',
  'interfaceLuid',
  'interfaceAlias',
  'metric',
  'interfaceMetric',
  'effectiveMetric',
  'protocol',
  'origin',
  'validLifetimeSeconds',
  'preferredLifetimeSeconds',
  'ageSeconds',
  'sitePrefixLength',
  'loopback',
  'autoconfigured',
  'publish',
  'immortal',
  'owner',
  'persistent',
  'etag',
  'inRegistry',
];

/** Rows of a routing table. */
export const routeView: View<Route> = {
  columns: [
    ...routeKeyColumns,
    ...metricColumns,
    { header: 'PROTOCOL', text: ({ protocol }) => protocol },
    { header: 'ORIGIN', text: ({ origin }) => origin },
    { header: 'REGISTRY', text: ({ inRegistry }) => (inRegistry ? 'yes' : undefined), onlyIfAny: true },
  ],
  fields: routeFields,
};
