import { formatAddress, parseAddress } from '../../proto/address.js';
import type * as wire from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import type { BestRoute, BestRouteQuery } from '../model/results.js';
import { encodeInterfaceSelector } from './interface-selector.js';
import { required } from './malformed-answer.js';
import { decodeText } from './numbers.js';
import { decodeRoute } from './route.js';

/** @throws InvalidValueError for addresses that are none, or of two families */
export function encodeBestRouteQuery({ destination, source, interface: selector }: BestRouteQuery): wire.GetBestRouteRequest {
  const to = parseAddress(destination);
  const from = source === undefined ? undefined : parseAddress(source);
  if (from !== undefined && from.family !== to.family) {
    throw new InvalidValueError(
      'FAMILY_MISMATCH',
      `the destination "${destination}" is IPv${to.family} and the source "${source}" is IPv${from.family}`,
      `give a source address of IPv${to.family}, or none`,
    );
  }
  return {
    destination: formatAddress(to),
    source: from === undefined ? '' : formatAddress(from),
    interface: encodeInterfaceSelector(selector),
  };
}

/** @throws MalformedAnswerError for an answer without a route */
export function decodeBestRoute({ route, sourceAddress }: wire.GetBestRouteResponse): BestRoute {
  return { route: decodeRoute(required(route, 'route')), sourceAddress: decodeText(sourceAddress) };
}
