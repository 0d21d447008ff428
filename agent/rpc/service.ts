import type { RouteServiceServer } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { duplex, serverStreaming, unary } from './adapt.js';
import type { Admission } from './admission.js';
import type { HandlerContext } from './context.js';
import { getAgent, listInterfaces } from './handlers/agent.js';
import { applyRoutes } from './handlers/apply-routes.js';
import { cancelCommit, confirmCommit, extendCommit, getCommit, listCommits } from './handlers/commits.js';
import { listRoutes } from './handlers/list-routes.js';
import { planRoutes } from './handlers/plan-routes.js';
import { getBestRoute, getRoute } from './handlers/read-route.js';
import { watchRoutes } from './handlers/watch-routes.js';
import { createRoute, deleteRoute, setDefaultGateway, setRoute } from './handlers/write-route.js';

/** RouteService over one table. */
export function createRouteService(context: HandlerContext, admission: Admission): RouteServiceServer {
  const serving = { log: context.log, admission, audit: context.callAudit };
  return {
    getAgent: unary(serving, () => getAgent(context)),
    listInterfaces: unary(serving, () => listInterfaces(context)),
    listRoutes: serverStreaming(serving, (request) => listRoutes(context, request)),
    getRoute: unary(serving, (request) => getRoute(context, request)),
    getBestRoute: unary(serving, (request) => getBestRoute(context, request)),
    createRoute: unary(serving, (request, call) => createRoute(context, request, call)),
    setRoute: unary(serving, (request, call) => setRoute(context, request, call)),
    deleteRoute: unary(serving, (request, call) => deleteRoute(context, request, call)),
    setDefaultGateway: unary(serving, (request, call) => setDefaultGateway(context, request, call)),
    planRoutes: duplex(serving, (requests, call) => planRoutes(context, requests, call)),
    applyRoutes: duplex(serving, (requests, call) => applyRoutes(context, requests, call)),
    confirmCommit: unary(serving, (request, call) => confirmCommit(context, request, call)),
    cancelCommit: unary(serving, (request, call) => cancelCommit(context, request, call)),
    extendCommit: unary(serving, (request, call) => extendCommit(context, request, call)),
    getCommit: unary(serving, (request) => getCommit(context, request)),
    listCommits: unary(serving, (request) => listCommits(context, request)),
    watchRoutes: serverStreaming(serving, (request, call) => watchRoutes(context, request, call)),
  };
}
