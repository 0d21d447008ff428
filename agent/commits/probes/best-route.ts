import { type Address, isUnspecified } from '../../../proto/address.js';
import { nextHopText } from '../../routes/route.js';
import type { RouteTable } from '../../routes/route-table.js';

/** Whether the host would go to the destination by the next hop. Zones are not compared: the interface says the same. */
export function probeBestRoute(
  table: Pick<RouteTable, 'bestRoute'>,
  { destination, nextHop }: { readonly destination: Address; readonly nextHop: Address },
): string | undefined {
  const { route } = table.bestRoute({ destination });
  if (Buffer.compare(route.nextHop.bytes, nextHop.bytes) === 0) return undefined;
  const way = isUnspecified(route.nextHop) ? 'is on-link' : `goes via ${nextHopText(route)}`;
  return `the best route ${way} on interface ${route.interface.index}`;
}
