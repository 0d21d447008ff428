import { RouteOrigin, RouteProtocol, type RouteFilter as WireRouteFilter } from '../../../proto/gen/routefleet/v1/route.pb.js';
import type { RouteFilter } from '../../routes/filter.js';
import type { RouteTable } from '../../routes/route-table.js';
import { decodeAddress, decodeOptionalAddress } from './address.js';
import { checkEnum } from './enum.js';
import { decodeFamily } from './family.js';
import { decodePrefix, decodeSelector } from './route.js';
import { decodeName } from './text.js';

/** A filter as sent; the interface is looked up on the host. */
export async function decodeFilter(table: RouteTable, filter: WireRouteFilter | undefined): Promise<RouteFilter> {
  if (filter === undefined) return {};
  const selector = decodeSelector(filter.interface);
  return {
    family: decodeFamily('filter.family', filter.family),
    destination: decodeDestination(filter.destination),
    interface: selector && (await table.findInterface(selector)),
    nextHop: decodeOptionalAddress('filter.next_hop', filter.nextHop),
    protocols: new Set(filter.protocols.map((value) => checkEnum('filter.protocols', RouteProtocol, value))),
    // NL_ROUTE_ORIGIN is one less: zero means "not said" on the wire.
    origins: new Set(filter.origins.map((value) => checkEnum('filter.origins', RouteOrigin, value) - 1)),
    owner: decodeName('filter.owner', filter.owner),
    minMetric: filter.minMetric,
    maxMetric: filter.maxMetric,
  };
}

function decodeDestination(destination: WireRouteFilter['destination']): RouteFilter['destination'] {
  switch (destination?.$case) {
    case undefined:
      return undefined;
    case 'exactPrefix':
      return { match: 'exact', prefix: decodePrefix('filter.exact_prefix', destination.value) };
    case 'withinPrefix':
      return { match: 'within', prefix: decodePrefix('filter.within_prefix', destination.value) };
    case 'coveringAddress':
      return { match: 'covering', address: decodeAddress('filter.covering_address', destination.value) };
  }
}
