import { type Address, formatAddress, isUnspecified } from '../../proto/address.js';
import { InvalidValueError } from '../../proto/invalid-value.js';
import { parsePrefix } from '../../proto/prefix.js';
import { bestDefaultRoutes, isDefaultRoute } from '../routes/best-route.js';
import { RouteTableError } from '../routes/errors.js';
import { describeSelector, type InterfaceSelector } from '../routes/network-interface.js';
import { describeRoute, destinationText, type InterfaceIdentity, type Route } from '../routes/route.js';
import type { RouteTable } from '../routes/route-table.js';
import type { Change, Operation } from './change.js';
import type { Failure } from './failure.js';

interface Gateway {
  readonly nextHop: Address;
  readonly interface: InterfaceIdentity;
}

/**
 * Finds the interface of a gateway, and asks whether it is alive. A dead one is refused unless there is a way back.
 *
 * @throws RouteTableError PROBE_FAILED · InvalidValueError when the address is on no link of the host
 */
export async function findGateway(
  table: RouteTable,
  nextHop: Address,
  selector: InterfaceSelector | undefined,
  wayBack: boolean,
): Promise<Gateway> {
  if (isUnspecified(nextHop)) {
    throw new InvalidValueError('INVALID_ADDRESS', `next_hop: ${formatAddress(nextHop)} is no gateway`, 'send the address of a router');
  }
  const gateway = { nextHop, interface: selector === undefined ? linkOf(table, nextHop) : await table.findInterface(selector) };
  if (wayBack || (await answers(table, gateway))) return gateway;
  const where = selector === undefined ? `interface ${gateway.interface.index}` : describeSelector(selector);
  throw new RouteTableError('PROBE_FAILED', `the gateway ${formatAddress(nextHop)} does not answer on ${where}`, {
    remedy:
      'check the address and the interface; to try it all the same, set confirm_within, so that the agent undoes the change unless you confirm it',
  });
}

function linkOf(table: RouteTable, nextHop: Address): InterfaceIdentity {
  const { route } = table.bestRoute({ destination: nextHop });
  if (isUnspecified(route.nextHop)) return route.interface;
  throw new InvalidValueError(
    'INVALID_ADDRESS',
    `next_hop: ${formatAddress(nextHop)} is not on the link of any interface: the host reaches it by ${describeRoute(route)}`,
    'send a gateway that is on the link, or name the interface',
  );
}

/** What the host cannot ask counts for nothing against the gateway. */
async function answers(table: RouteTable, gateway: Gateway): Promise<boolean> {
  try {
    return await table.neighbourAnswers({ address: gateway.nextHop, interface: gateway.interface });
  } catch (error) {
    if (error instanceof RouteTableError && (error.reason === 'FUNCTION_MISSING' || error.reason === 'NOT_SUPPORTED')) return true;
    throw error;
  }
}

interface DefaultGatewayRequest extends Gateway {
  /** Undefined: that of the best default route that is replaced. */
  readonly metric: number | undefined;
  readonly sameInterfaceOnly: boolean;
  readonly owner: string;
}

/** The document's example done right: the new default route is made and found to be the best, and the others are gone, or all is as before. */
export function defaultGatewayChange({ nextHop, interface: identity, metric, sameInterfaceOnly, owner }: DefaultGatewayRequest): Change {
  const destinationPrefix = parsePrefix(nextHop.family === 4 ? '0.0.0.0/0' : '::/0');
  const wanted = destinationText({ destinationPrefix, nextHop });
  const isIt = (route: Route): boolean => destinationText(route) === wanted && route.interface.luid === identity.luid;
  const rivals = (routes: Iterable<Route>): Route[] =>
    [...routes].filter((route) => isDefaultRoute(route, nextHop.family) && (!sameInterfaceOnly || route.interface.luid === identity.luid));

  return {
    atomicity: 'all-or-nothing',
    owner,
    replacesDefaultRoute: true,
    operations({ routes }): Operation[] {
      const defaults = rivals(routes.values());
      const [best] = bestDefaultRoutes(defaults, nextHop.family);
      const byLuid = { by: 'luid', luid: identity.luid } as const;
      const route = { destinationPrefix, nextHop, interface: byLuid, metric: metric ?? best?.metric, persistent: false };
      const others = defaults.filter((rival) => !isIt(rival));
      return [
        { action: 'put', route },
        ...others.map(
          (other): Operation => ({ action: 'delete', key: { ...other, interface: { by: 'luid', luid: other.interface.luid } } }),
        ),
      ];
    },
    verify(routes): Failure | undefined {
      const [best] = bestDefaultRoutes(rivals(routes), nextHop.family);
      if (best !== undefined && isIt(best)) return undefined;
      return {
        reason: 'UNVERIFIED_WRITE',
        message: `the new default route via ${formatAddress(nextHop)} is not the best one: ${best === undefined ? 'there is none' : describeRoute(best)} is`,
        remedy: 'something else changes the default routes of this host; look at them, and try again',
      };
    },
  };
}
