import { formatAddress } from '../../proto/address.js';
import { RouteTableError } from '../routes/errors.js';
import { describeSelector, type NetworkInterface } from '../routes/network-interface.js';
import type { RouteLookup } from '../routes/resolve.js';
import { destinationText, type InterfaceIdentity, keyText, type Route } from '../routes/route.js';
import type { BestRoute, RouteTable } from '../routes/route-table.js';
import type { ObservedTable } from '../watch/observed-table.js';
import { groupBy } from './group-by.js';

/** The table as it was at one moment; plans are made of nothing else. */
export interface TableReading {
  readonly revision: bigint;
  readonly fingerprint: string;
  /** By keyText, in the order of the host. */
  readonly routes: ReadonlyMap<string, Route>;
  /** By LUID. */
  readonly interfaces: ReadonlyMap<bigint, NetworkInterface>;
}

/** Reads rows and interfaces. */
export async function readTable(table: ObservedTable): Promise<TableReading> {
  const [{ routes, fingerprint, revision }, interfaces] = await Promise.all([table.list(), readInterfaces(table)]);
  return {
    revision,
    fingerprint,
    routes: new Map(routes.map((route) => [keyText(route), route])),
    interfaces: new Map(interfaces.map((candidate) => [candidate.luid, candidate])),
  };
}

/** Hosts with only the classic functions do not tell of their interfaces, and take routes all the same. */
async function readInterfaces(table: RouteTable): Promise<readonly NetworkInterface[]> {
  try {
    return await table.interfaces();
  } catch (error) {
    if (error instanceof RouteTableError && error.reason === 'FUNCTION_MISSING') return [];
    throw error;
  }
}

/** Answers from one reading; what has to be asked of the host is asked once, so that 10,000 operations are not 10,000 readings. */
export function lookUpInReading(table: RouteTable, { routes }: TableReading): RouteLookup {
  const interfaces = new Map<string, Promise<InterfaceIdentity>>();
  const best = new Map<string, BestRoute>();
  let byDestination: Map<string, Route[]> | undefined;
  return {
    bestRoute: (query) => remembered(best, formatAddress(query.destination), () => table.bestRoute(query)),
    findInterface: (selector) =>
      remembered(interfaces, `${selector.by} ${describeSelector(selector)}`, () => table.findInterface(selector)),
    rowsTo: async (destination) => {
      byDestination ??= groupBy(routes.values(), destinationText);
      return byDestination.get(destination) ?? [];
    },
  };
}

function remembered<Value>(memory: Map<string, Value>, key: string, find: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const found = find();
  memory.set(key, found);
  return found;
}
