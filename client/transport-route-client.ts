import { RouteServiceService as service } from '../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../proto/invalid-value.js';
import { decodeAgentInfo } from './codec/agent-info.js';
import { decodeBestRoute, encodeBestRouteQuery } from './codec/best-route.js';
import { MalformedAnswerError, required } from './codec/malformed-answer.js';
import { decodeInterface } from './codec/network-interface.js';
import { decodeRoute } from './codec/route.js';
import { encodeRouteFilter } from './codec/route-filter.js';
import { encodeRouteKey, encodeRouteSpec } from './codec/route-spec.js';
import { decodeCreateResult, decodeDeleteResult, decodeSetResult, encodeWriteOptions } from './codec/write.js';
import { fromInvalidValue } from './errors/invalid-value.js';
import { RouteError } from './errors/route-error.js';
import type { CallOptions } from './model/call-options.js';
import type { RouteClient } from './route-client.js';
import { createRouteListing } from './route-listing.js';
import type { CallLimits, Method, Transport } from './transport/transport.js';

/** Default bounds of calls, in milliseconds. */
export interface Timeouts {
  readonly unaryMs: number;
  readonly streamMs: number;
}

/** The SDK's client over a connection. */
export function createRouteClient(transport: Transport, timeouts: Timeouts): RouteClient {
  const { address } = transport;

  async function call<Request, Response, Result>(
    name: string,
    method: Method<Request, Response>,
    options: CallOptions,
    encode: () => Request,
    decode: (response: Response) => Result,
  ): Promise<Result> {
    try {
      return decode(await transport.unary(method, encode(), limitsOf(options, timeouts.unaryMs)));
    } catch (error) {
      throw explain(error, name);
    }
  }

  /** Gives what was thrown on this side the form of everything else that fails. */
  function explain(error: unknown, method: string): unknown {
    if (error instanceof InvalidValueError) return fromInvalidValue(error, { address, method });
    if (!(error instanceof MalformedAnswerError)) return error;
    return new RouteError({
      code: 'INTERNAL',
      reason: 'MALFORMED_ANSWER',
      message: error.message,
      remedy: 'use agent and client of the same version',
      address,
      method,
      cause: error,
    });
  }

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
        const request = { filter: encodeRouteFilter(filter) };
        return createRouteListing(transport.serverStream(service.listRoutes, request, limitsOf(options, timeouts.streamMs)), fail);
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
        }),
        decodeDeleteResult,
      ),

    close: () => transport.close(),

    [Symbol.asyncDispose]: async () => transport.close(),
  };
}

function limitsOf({ signal, timeoutMs }: CallOptions, fallbackMs: number): CallLimits {
  return { signal, timeoutMs: checkTimeout(timeoutMs ?? fallbackMs) };
}

/** @throws InvalidValueError with reason INVALID_ARGUMENT unless it is a time to wait */
export function checkTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && Number.isFinite(timeoutMs)) return timeoutMs;
  throw new InvalidValueError(
    'INVALID_ARGUMENT',
    `the timeout ${timeoutMs} is not a number of milliseconds above 0`,
    'give 10000 for ten seconds',
  );
}
