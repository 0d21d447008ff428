import type {
  GetBestRouteRequest,
  GetBestRouteResponse,
  GetRouteRequest,
  GetRouteResponse,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../../proto/invalid-value.js';
import { lookUpIn, resolveExistingKey } from '../../routes/resolve.js';
import { decodeAddress, decodeOptionalAddress, encodeOptionalAddress } from '../codec/address.js';
import { decodeRouteKey, decodeSelector, encodeRoute } from '../codec/route.js';
import type { HandlerContext } from '../context.js';

/** GetRoute. */
export async function getRoute({ table, engine }: HandlerContext, request: GetRouteRequest): Promise<GetRouteResponse> {
  const reference = decodeRouteKey('key', request.key);
  const key = resolveExistingKey(await lookUpIn(table, reference), reference);
  const route = await table.get(key);
  if (route === undefined) throw table.missing(key);
  return { route: encodeRoute(route, engine.receiptOf(route)) };
}

/** GetBestRoute. */
export async function getBestRoute({ table, engine }: HandlerContext, request: GetBestRouteRequest): Promise<GetBestRouteResponse> {
  const destination = decodeAddress('destination', request.destination);
  const source = decodeOptionalAddress('source', request.source);
  if (source !== undefined && source.family !== destination.family) {
    throw new InvalidValueError(
      'FAMILY_MISMATCH',
      `source: ${request.source} is IPv${source.family}, but the destination ${request.destination} is IPv${destination.family}`,
      `send an IPv${destination.family} source, or leave it out`,
    );
  }
  const selector = decodeSelector(request.interface);
  const best = table.bestRoute({ destination, source, interface: selector && (await table.findInterface(selector)) });
  // What the host says of its best route does not say whether it stands in the registry.
  const route = (table.registry && (await table.get(best.route))) ?? best.route;
  return { route: encodeRoute(route, engine.receiptOf(route)), sourceAddress: encodeOptionalAddress(best.sourceAddress) };
}
