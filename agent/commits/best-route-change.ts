import { type Address, formatAddress, isLoopback } from '../../proto/address.js';
import { containsAddress } from '../../proto/prefix.js';
import { createBreath } from '../breath.js';
import { bestRoutes } from '../routes/best-route.js';
import { keyText, nextHopText, type Route } from '../routes/route.js';
import type { Caller } from './change.js';
import type { CommitStep } from './commit.js';

/** What else the plan shall look at. */
export interface PlanView {
  /** Addresses of the connected controllers. */
  readonly controllers: readonly Address[];
  readonly destinations: readonly Address[];
}

/** Of the connected controllers those that need a route. The caller is one, whatever the list says by now; whoever is on this host needs none. */
export function connectedTo(controllers: readonly Address[], caller: Pick<Caller, 'peer'> | undefined): Address[] {
  const own = caller?.peer === undefined ? [] : [caller.peer.address];
  return [...controllers, ...own].filter((address) => !isLoopback(address));
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

/** The ways to controllers and asked-for destinations in the table as it is, and as it would be after the writes. */
export async function compareBestRoutes(
  before: ReadonlyMap<string, Route>,
  writes: readonly CommitStep[],
  { controllers, destinations }: PlanView,
): Promise<BestRouteChange[]> {
  const management = new Set(controllers.map(formatAddress));
  const all = new Map([...controllers, ...destinations].map((address) => [formatAddress(address), address]));
  const written = new Map(all.size === 0 ? [] : writes.map((step) => [keyText(step.key), step]));
  const changes: BestRouteChange[] = [];
  for (const [text, destination] of all) {
    const rows = await rowsTo(before, destination);
    const kept = rows.flatMap((row) => {
      const step = written.get(keyText(row));
      return step === undefined ? row : (step.after ?? []);
    });
    const made = writes.flatMap(({ kind, after }) => (kind === 'create' && after !== undefined ? after : []));
    const was = bestRoutes(rows, destination);
    const is = bestRoutes([...kept, ...made], destination);
    changes.push({ destination, management: management.has(text), before: was[0], after: is[0], changed: ways(was) !== ways(is) });
  }
  return changes;
}

/** Each takes some ten nanoseconds. */
const rowsPerLook = 1024;

/** The few rows of a table by which an address may be reached. */
async function rowsTo(rows: ReadonlyMap<string, Route>, destination: Address): Promise<Route[]> {
  const breath = createBreath(rowsPerLook);
  const found: Route[] = [];
  for (const row of rows.values()) {
    if (containsAddress(row.destinationPrefix, destination)) found.push(row);
    if (breath.due) await breath.take();
  }
  return found;
}

/** Where packets leave: all of them where rows tie, since any may be taken. */
function ways(routes: readonly Route[]): string {
  return routes
    .map((route) => `${nextHopText(route)} ${route.interface.luid}`)
    .sort()
    .join(', ');
}
