import { WriteOptions } from '../../proto/gen/routefleet/v1/commit.pb.js';
import type * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import type { WriteCallOptions } from '../model/call-options.js';
import type { CreateRouteResult, DeleteRouteResult, SetRouteResult } from '../model/results.js';
import { required } from './malformed-answer.js';
import { decodeText } from './numbers.js';
import { decodeRoute } from './route.js';

/** What goes with every write. */
export function encodeWriteOptions({ validateOnly = false, expectedRevision }: WriteCallOptions): WriteOptions {
  return WriteOptions.fromPartial({ validateOnly, expectedRevision });
}

/** @throws MalformedAnswerError for an answer without a route */
export function decodeCreateResult({ route, alreadyExisted, function: name }: wire.CreateRouteResponse): CreateRouteResult {
  return { route: decodeRoute(required(route, 'route')), alreadyExisted, function: decodeText(name) };
}

/** @throws MalformedAnswerError for an answer without both rows */
export function decodeSetResult({ route, previous, function: name }: wire.SetRouteResponse): SetRouteResult {
  return {
    route: decodeRoute(required(route, 'route')),
    previous: decodeRoute(required(previous, 'previous')),
    function: decodeText(name),
  };
}

/** A deleted row, or none. */
export function decodeDeleteResult({ route, function: name }: wire.DeleteRouteResponse): DeleteRouteResult {
  return { route: route === undefined ? undefined : decodeRoute(route), function: decodeText(name) };
}
