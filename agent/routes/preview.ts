import type { NetworkInterface } from './network-interface.js';
import { PROTOCOL_NETMGMT } from './protocol.js';
import type { DesiredRoute, Route, RouteKey } from './route.js';

/** NlroManual: what a row made by an administrator has. */
const manualOrigin = 0;

/** The row that creating would make, without making it. */
export function previewCreated(route: DesiredRoute, networkInterface: NetworkInterface | undefined): Route {
  const { destinationPrefix, nextHop, metric = 0, validLifetimeSeconds, preferredLifetimeSeconds = validLifetimeSeconds } = route;
  const binding = networkInterface?.bindings.find(({ family }) => family === destinationPrefix.family);
  return {
    destinationPrefix,
    nextHop,
    interface: route.interface,
    interfaceAlias: networkInterface?.alias,
    metric,
    interfaceMetric: binding?.metric,
    protocol: PROTOCOL_NETMGMT,
    origin: manualOrigin,
    validLifetimeSeconds,
    preferredLifetimeSeconds,
    ageSeconds: 0,
    sitePrefixLength: 0,
    loopback: false,
    autoconfigured: false,
    publish: route.publish ?? false,
    immortal: validLifetimeSeconds === undefined,
    inRegistry: false,
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
