import { formatAddress } from '../../proto/address.js';
import { createBreath } from '../breath.js';
import { RouteTableError } from '../routes/errors.js';
import type { NetworkInterface } from '../routes/network-interface.js';
import type { RouteLookup } from '../routes/resolve.js';
import { destinationText, keyText, type Route } from '../routes/route.js';
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
  const [snapshot, interfaces] = await Promise.all([table.list(), readInterfaces(table)]);
  const { fingerprint, revision } = snapshot;
  const breath = createBreath();
  const byKey = new Map<string, Route>();
  for (const route of await snapshot.routes()) {
    byKey.set(keyText(route), route);
    if (breath.due) await breath.take();
  }
  return {
    revision,
    fingerprint,
    routes: byKey,
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
export function lookUpInReading(table: RouteTable, { routes }: TableReading, interfaceOf: RouteLookup['interfaceOf']): RouteLookup {
  const best = new Map<string, BestRoute>();
  let byDestination: Map<string, Route[]> | undefined;
  return {
    interfaceOf,
    bestRoute(query) {
      const destination = formatAddress(query.destination);
      const known = best.get(destination) ?? table.bestRoute(query);
      best.set(destination, known);
      return known;
    },
    rowsTo(destination) {
      byDestination ??= groupBy(routes.values(), destinationText);
      return byDestination.get(destination) ?? [];
    },
  };
}
