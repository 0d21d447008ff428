import type { DesiredRoute, Route, RouteKey } from './route.js';
import type { RouteTable } from './route-table.js';

/** NlroManual, RouteProtocolNetMgmt: what a row made by an administrator has. */
const manual = { origin: 0, protocol: 3 } as const;

/** The row that creating would make, without making it. */
export async function previewCreated(table: RouteTable, route: DesiredRoute): Promise<Route> {
  const { family } = route.destinationPrefix;
  const found = (await table.interfaces()).find(({ luid }) => luid === route.interface.luid);
  const binding = found?.bindings.find((candidate) => candidate.family === family);
  if (binding === undefined && table.capabilities.interfaceMetrics) throw table.missing(route);
  const { destinationPrefix, nextHop, metric = 0, validLifetimeSeconds, preferredLifetimeSeconds = validLifetimeSeconds } = route;
  return {
    ...manual,
    destinationPrefix,
    nextHop,
    interface: route.interface,
    interfaceAlias: found?.alias,
    metric,
    interfaceMetric: binding?.metric,
    validLifetimeSeconds,
    preferredLifetimeSeconds,
    ageSeconds: 0,
    sitePrefixLength: 0,
    loopback: false,
    autoconfigured: false,
    publish: route.publish ?? false,
    immortal: validLifetimeSeconds === undefined,
  };
}

/** The row that changing would make. */
export function previewChanged(
  before: Route,
  { metric, validLifetimeSeconds, preferredLifetimeSeconds, publish }: Omit<DesiredRoute, keyof RouteKey>,
): Route {
  return {
    ...before,
    metric: metric ?? before.metric,
    validLifetimeSeconds: validLifetimeSeconds ?? before.validLifetimeSeconds,
    preferredLifetimeSeconds: preferredLifetimeSeconds ?? validLifetimeSeconds ?? before.preferredLifetimeSeconds,
    publish: publish ?? before.publish,
  };
}
