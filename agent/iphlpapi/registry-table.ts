import { RouteTableError } from '../routes/errors.js';
import type { Route, RouteKey } from '../routes/route.js';
import { createSnapshot } from '../routes/route-snapshot.js';
import type { RouteRows, RouteSnapshot, RouteTable } from '../routes/route-table.js';
import { readAddresses } from './interface-reader.js';
import type { Iphlpapi } from './iphlpapi.js';
import { bringsBack, type PersistentRoute, wordOf } from './persistent-route.js';
import { createRegistryMarks, type IsOwnAddress } from './registry-marks.js';
import { createRegistryReader, type PersistentRoutes } from './registry-reader.js';
import { createRouteRegistry } from './registry-values.js';

/** Chunks that are looked through before other work of this process has its turn: below a millisecond. */
const chunksPerTurn = 32;

/**
 * A table that knows which of its rows stand in the registry, where the host has one. A registry that cannot be read fails no reading: rows then
 * stand in none, and `warn` is told once of why.
 */
export function withRegistry(table: RouteTable, iphlpapi: Iphlpapi, warn: (message: string) => void = () => {}): RouteTable {
  const { persistentRoutes: key } = iphlpapi;
  if (key === undefined) return table;
  const reader = createRegistryReader(iphlpapi, key, warn);
  const ownAddresses = (): Promise<IsOwnAddress> => readOwnAddresses(iphlpapi);
  let told = '';

  /** What `look` finds, or what goes for it where the registry or the addresses cannot be read. */
  async function unlessUnreadable<Result>(look: () => Promise<Result>, otherwise: Result): Promise<Result> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof RouteTableError)) throw error;
      if (error.message !== told) warn(`which routes stand in the registry is not known: ${error.message}`);
      told = error.message;
      return otherwise;
    }
  }

  const markRoute = (route: Route | undefined, read: () => PersistentRoutes): Promise<Route | undefined> =>
    unlessUnreadable(async () => {
      if (route === undefined || (await valuesFor(route, read(), ownAddresses)).length === 0) return route;
      return { ...route, inRegistry: true };
    }, route);

  const withMarks = (rows: RouteRows, read: () => PersistentRoutes): RouteRows => ({
    get: async (wanted) => markRoute(await rows.get(wanted), read),
    create: (route) => rows.create(route),
    set: (route, current) => rows.set(route, current),
    delete: (route) => rows.delete(route),
  });

  return {
    ...table,
    ...withMarks(table, reader.read),
    registry: createRouteRegistry(iphlpapi, key, reader, async (wanted) => valuesFor(wanted, reader.read(), ownAddresses)),
    async list() {
      const snapshot = await table.list();
      return unlessUnreadable(() => markSnapshot(snapshot, reader.read(), ownAddresses), snapshot);
    },
    batch() {
      // The registry is looked at once for all of them, as the interfaces are.
      void unlessUnreadable(async () => reader.read(), undefined);
      return withMarks(table.batch(), reader.recent);
    },
  };
}

async function markSnapshot(
  snapshot: RouteSnapshot,
  routes: PersistentRoutes,
  ownAddresses: () => Promise<IsOwnAddress>,
): Promise<RouteSnapshot> {
  if (routes.size === 0) return snapshot;
  const marks = createRegistryMarks(routes, ownAddresses);
  const chunks = [];
  for (const chunk of snapshot.chunks) {
    chunks.push(await marks.mark(chunk));
    if (chunks.length % chunksPerTurn === 0) await new Promise(setImmediate);
  }
  return marks.fingerprint === undefined ? snapshot : createSnapshot(chunks, `${snapshot.fingerprint}-${marks.fingerprint}`);
}

/** The values that bring a row back. */
async function valuesFor(
  wanted: RouteKey,
  routes: PersistentRoutes,
  ownAddresses: () => Promise<IsOwnAddress>,
): Promise<readonly PersistentRoute[]> {
  if (routes.size === 0 || wanted.destinationPrefix.family !== 4) return [];
  const candidates = routes.get(wordOf(wanted.destinationPrefix)) ?? [];
  if (candidates.length === 0) return [];
  const isOwn = wordOf(wanted.nextHop) === 0 ? await ownAddresses() : () => false;
  return candidates.filter((route) => bringsBack(route, wanted, (address) => isOwn(wanted.interface.luid, address)));
}

async function readOwnAddresses(iphlpapi: Iphlpapi): Promise<IsOwnAddress> {
  const addresses = await readAddresses(iphlpapi);
  return (luid, wanted) => (addresses.get(luid) ?? []).some(({ address }) => address.family === 4 && wordOf(address) === wordOf(wanted));
}
