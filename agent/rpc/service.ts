import type { RouteServiceServer } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { duplex, serverStreaming, unary } from './adapt.js';
import type { HandlerContext } from './context.js';
import { getAgent, listInterfaces } from './handlers/agent.js';
import { listRoutes } from './handlers/list-routes.js';
import { notImplemented, notImplementedStream } from './handlers/not-implemented.js';
import { getBestRoute, getRoute } from './handlers/read-route.js';
import { createRoute, deleteRoute, setRoute } from './handlers/write-route.js';

/** RouteService over one table. */
export function createRouteService(context: HandlerContext): RouteServiceServer {
  const { log } = context;
  const later = (rpc: string) => unary(log, () => notImplemented(rpc));
  const laterStream = (rpc: string) => serverStreaming(log, () => notImplementedStream(rpc));
  const laterDuplex = (rpc: string) => duplex(log, () => notImplementedStream(rpc));
  return {
    getAgent: unary(log, () => getAgent(context)),
    listInterfaces: unary(log, () => listInterfaces(context)),
    listRoutes: serverStreaming(log, (request) => listRoutes(context, request)),
    getRoute: unary(log, (request) => getRoute(context, request)),
    getBestRoute: unary(log, (request) => getBestRoute(context, request)),
    createRoute: unary(log, (request) => createRoute(context, request)),
    setRoute: unary(log, (request) => setRoute(context, request)),
    deleteRoute: unary(log, (request) => deleteRoute(context, request)),
    setDefaultGateway: later('SetDefaultGateway'),
    planRoutes: laterDuplex('PlanRoutes'),
    applyRoutes: laterDuplex('ApplyRoutes'),
    confirmCommit: later('ConfirmCommit'),
    cancelCommit: later('CancelCommit'),
    extendCommit: later('ExtendCommit'),
    getCommit: later('GetCommit'),
    listCommits: later('ListCommits'),
    watchRoutes: laterStream('WatchRoutes'),
  };
}
