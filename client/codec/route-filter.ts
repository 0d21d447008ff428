import { formatAddress, parseAddress } from '../../proto/address.js';
import type * as wire from '../../proto/gen/routefleet/v1/route.pb.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { formatPrefix, parsePrefix } from '../../proto/prefix.js';
import type { DestinationFilter, RouteFilter } from '../model/route-filter.js';
import { encodeFamily } from './family.js';
import { encodeInterfaceSelector } from './interface-selector.js';
import { checkMetric } from './numbers.js';
import { originCodec, protocolCodec } from './route-names.js';

/** @throws InvalidValueError for a value that can match no row by its form */
export function encodeRouteFilter(filter: RouteFilter): wire.RouteFilter {
  const { minMetric, maxMetric } = filter;
  if (minMetric !== undefined && maxMetric !== undefined && minMetric > maxMetric) {
    throw new InvalidValueError(
      'INVALID_METRIC',
      `the lowest metric ${minMetric} is above the highest metric ${maxMetric}`,
      'swap the two, or leave one out',
    );
  }
  return {
    family: encodeFamily(filter.family),
    destination: encodeDestination(filter.destination),
    interface: encodeInterfaceSelector(filter.interface),
    nextHop: filter.nextHop === undefined ? '' : formatAddress(parseAddress(filter.nextHop)),
    protocols: (filter.protocols ?? []).map(protocolCodec.encode),
    origins: (filter.origins ?? []).map(originCodec.encode),
    owner: filter.owner ?? '',
    minMetric: checkMetric(minMetric, 'lowest metric'),
    maxMetric: checkMetric(maxMetric, 'highest metric'),
  };
}

function encodeDestination(destination: DestinationFilter | undefined): wire.RouteFilter['destination'] {
  if (destination === undefined) return undefined;
  if ('exact' in destination) return { $case: 'exactPrefix', value: formatPrefix(parsePrefix(destination.exact)) };
  if ('within' in destination) return { $case: 'withinPrefix', value: formatPrefix(parsePrefix(destination.within)) };
  return { $case: 'coveringAddress', value: formatAddress(parseAddress(destination.covering)) };
}
