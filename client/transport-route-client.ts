import { RouteView, RouteServiceService as service } from '../proto/gen/routefleet/v1/route_service.pb.js';
import { createCalls, type Timeouts } from './calls.js';
import { createChangeCalls } from './change-calls.js';
import { decodeAgentInfo } from './codec/agent-info.js';
import { decodeBestRoute, encodeBestRouteQuery } from './codec/best-route.js';
import { decodeDefaultGatewayResult, encodeDefaultGateway } from './codec/default-gateway.js';
import { required } from './codec/malformed-answer.js';
import { decodeInterface } from './codec/network-interface.js';
import { decodeRoute } from './codec/route.js';
import { encodeRouteFilter } from './codec/route-filter.js';
import { encodeRouteKey, encodeRouteSpec } from './codec/route-spec.js';
import { decodeCreateResult, decodeDeleteResult, decodeSetResult, encodeWriteOptions } from './codec/write.js';
import { createCommitCalls } from './commit-calls.js';
import type { RouteClient } from './route-client.js';
import { createRouteListing } from './route-listing.js';
import type { Transport } from './transport/transport.js';
import { createWatchCalls } from './watch-calls.js';

/** The SDK's client over a connection. */
export function createRouteClient(transport: Transport, timeouts: Timeouts): RouteClient {
  const { address } = transport;
  const calls = createCalls(transport, timeouts);
  const { unary: call, explain, streamLimits } = calls;

  return {
    address,

    getAgent: (options = {}) => call('GetAgent', service.getAgent, options, () => ({}), decodeAgentInfo),

    listInterfaces: (options = {}) =>
      call(
        'ListInterfaces',
        service.listInterfaces,
        options,
        () => ({}),
        ({ interfaces }) => interfaces.map(decodeInterface),
      ),

    listRoutes: (filter = {}, options = {}) => {
      const fail = (error: unknown) => explain(error, 'ListRoutes');
      try {
        const request = { filter: encodeRouteFilter(filter), view: RouteView.PACKED };
        return createRouteListing(transport.serverStream(service.listRoutes, request, streamLimits(options)), fail);
      } catch (error) {
        throw fail(error);
      }
    },

    getRoute: (key, options = {}) =>
      call(
        'GetRoute',
        service.getRoute,
        options,
        () => ({ key: encodeRouteKey(key) }),
        ({ route }) => decodeRoute(required(route, 'route')),
      ),

    getBestRoute: (query, options = {}) =>
      call('GetBestRoute', service.getBestRoute, options, () => encodeBestRouteQuery(query), decodeBestRoute),

    createRoute: (spec, options = {}) =>
      call(
        'CreateRoute',
        service.createRoute,
        options,
        () => ({ route: encodeRouteSpec(spec), allowExisting: options.allowExisting ?? false, options: encodeWriteOptions(options) }),
        decodeCreateResult,
      ),

    setRoute: (spec, options = {}) =>
      call(
        'SetRoute',
        service.setRoute,
        options,
        () => ({ route: encodeRouteSpec(spec), etag: options.etag ?? '', options: encodeWriteOptions(options) }),
        decodeSetResult,
      ),

    deleteRoute: (key, options = {}) =>
      call(
        'DeleteRoute',
        service.deleteRoute,
        options,
        () => ({
          key: encodeRouteKey(key),
          allowMissing: options.allowMissing ?? false,
          etag: options.etag ?? '',
          options: encodeWriteOptions(options),
          alsoRegistry: options.alsoRegistry ?? false,
        }),
        decodeDeleteResult,
      ),

    setDefaultGateway: (gateway, options = {}) =>
      call(
        'SetDefaultGateway',
        service.setDefaultGateway,
        options,
        () => encodeDefaultGateway(gateway, options),
        decodeDefaultGatewayResult,
      ),

    ...createChangeCalls(calls),

    ...createCommitCalls(calls),

    ...createWatchCalls(calls),

    close: () => transport.close(),

    [Symbol.asyncDispose]: async () => transport.close(),
  };
}
