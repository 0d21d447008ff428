import { type Address, formatAddress } from '../../proto/address.js';
import { bestRoutes } from '../routes/best-route.js';
import { nextHopText, type Route } from '../routes/route.js';

/** What else the plan shall look at. */
export interface PlanView {
  /** Addresses of the connected controllers. */
  readonly controllers: readonly Address[];
  readonly destinations: readonly Address[];
}

/** How the way to an address changes. */
export interface BestRouteChange {
  readonly destination: Address;
  /** It is the address of a connected controller. */
  readonly management: boolean;
  /** Undefined: no row leads there. */
  readonly before: Route | undefined;
  readonly after: Route | undefined;
  /** Another next hop or another interface; a row that only is more specific leads the same way. */
  readonly changed: boolean;
}

/** The ways to controllers and asked-for destinations in two tables. */
export function compareBestRoutes(
  before: readonly Route[],
  after: readonly Route[],
  { controllers, destinations }: PlanView,
): BestRouteChange[] {
  const management = new Set(controllers.map(formatAddress));
  const all = new Map([...controllers, ...destinations].map((address) => [formatAddress(address), address]));
  return [...all].map(([text, destination]) => {
    const [was, is] = [bestRoutes(before, destination), bestRoutes(after, destination)];
    return { destination, management: management.has(text), before: was[0], after: is[0], changed: ways(was) !== ways(is) };
  });
}

/** Where packets leave: all of them where rows tie, since any may be taken. */
function ways(routes: readonly Route[]): string {
  return routes
    .map((route) => `${nextHopText(route)} ${route.interface.luid}`)
    .sort()
    .join(', ');
}
