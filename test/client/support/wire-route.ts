import { Route } from '../../../proto/gen/routefleet/v1/route.pb.js';

/** A row as an agent sends it. */
export function wireRoute(route: Partial<Route> = {}): Route {
  return Route.fromPartial({ destinationPrefix: '10.0.0.0/8', nextHop: '192.0.2.1', interfaceIndex: 12, protocol: 3, ...route });
}
