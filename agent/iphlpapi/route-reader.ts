import type { Route, RouteKey } from '../routes/route.js';
import { keyText } from '../routes/route.js';
import { chunkRows, type RouteChunk } from '../routes/route-chunk.js';
import { createSnapshot } from '../routes/route-snapshot.js';
import type { RouteSnapshot } from '../routes/route-table.js';
import { readClassicTable, unknownOrigin } from './classic-reading.js';
import { failure, rowFailure } from './failure.js';
import { fingerprintOf } from './fingerprint.js';
import { createInterfaceLookup, type InterfaceLookup } from './interface-lookup.js';
import type { Iphlpapi, NativeTable } from './iphlpapi.js';
import { AF_UNSPEC, INFINITE, MIB_TABLE2 } from './layout.js';
import { packRows } from './pack-rows.js';
import { dataView, decodeForwardRow2, encodeRowKey, type ForwardRow2 } from './row-codec.js';
import { rowWords } from './row-words.js';
import { TraitsDictionary } from './traits-dictionary.js';
import { isMissing, Win32 } from './win32-error.js';

/** Chunks that are packed before other work of this process has its turn: below a millisecond. */
const chunksPerTurn = 4;

/** Reads the whole table: GetIpForwardTable2, or GetIpForwardTable (IPv4 alone) where there is no such function. */
export async function readRoutes(iphlpapi: Iphlpapi): Promise<RouteSnapshot> {
  const lookup = createInterfaceLookup(iphlpapi);
  const table = await readTable(iphlpapi, lookup);
  try {
    const words = wordsOf(table.bytes);
    const count = dataView(table.bytes).getUint32(MIB_TABLE2.NumEntries, true);
    const dictionary = new TraitsDictionary(lookup);
    const sums = { count: 0, low: 0, high: 0 };
    const chunks: RouteChunk[] = [];
    for (let row = 0; row < count; row += chunkRows) {
      const first = MIB_TABLE2.Table / 4 + row * rowWords;
      chunks.push(packRows({ words, first, count: Math.min(chunkRows, count - row) }, dictionary, sums));
      if (chunks.length % chunksPerTurn === 0) await new Promise(setImmediate);
    }
    return createSnapshot(chunks, fingerprintOf(sums, dictionary.interfaceFacts()));
  } finally {
    table.free();
  }
}

/** The memory of a table as words, without a copy: whoever allocates tables begins them on a word. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

async function readTable(iphlpapi: Iphlpapi, lookup: InterfaceLookup): Promise<NativeTable> {
  const { code, table } = await iphlpapi.getIpForwardTable2(AF_UNSPEC);
  if (table !== undefined) return table;
  // "No route entries for the family": an empty table.
  if (code === Win32.ERROR_NOT_FOUND) return { bytes: new Uint8Array(MIB_TABLE2.Table), free: () => {} };
  if (isMissing(code)) return { bytes: await readClassicTable(iphlpapi, lookup), free: () => {} };
  throw failure(iphlpapi, 'GetIpForwardTable2', code, 'the routing table');
}

/** Reads one row; undefined when there is none. `buffer` holds a MIB_IPFORWARD_ROW2, and what it held is lost. */
export async function readRoute(
  iphlpapi: Iphlpapi,
  key: RouteKey,
  lookUp: () => InterfaceLookup,
  buffer: Uint8Array,
): Promise<Route | undefined> {
  const view = dataView(buffer.fill(0));
  encodeRowKey(view, key);
  const code = iphlpapi.getIpForwardEntry2(buffer);
  if (code === Win32.ERROR_NOT_FOUND) return undefined;
  if (isMissing(code)) {
    const wanted = keyText(key);
    return (await (await readRoutes(iphlpapi)).routes()).find((route) => keyText(route) === wanted);
  }
  const decoded = code === 0 ? decodeForwardRow2(view) : undefined;
  if (decoded === undefined) throw rowFailure(iphlpapi, 'GetIpForwardEntry2', code, key);
  return toRoute(decoded, lookUp());
}

/** A row with what the host knows of its interface. */
export function toRoute(row: ForwardRow2, lookup: InterfaceLookup): Route {
  return {
    destinationPrefix: row.destinationPrefix,
    nextHop: row.nextHop,
    interface: { luid: row.interfaceLuid, index: row.interfaceIndex },
    interfaceAlias: lookup.alias(row.interfaceLuid),
    metric: row.metric,
    interfaceMetric: lookup.metric(row.destinationPrefix.family, row.interfaceLuid),
    protocol: row.protocol,
    origin: row.origin === unknownOrigin ? undefined : row.origin,
    validLifetimeSeconds: finite(row.validLifetime),
    preferredLifetimeSeconds: finite(row.preferredLifetime),
    ageSeconds: row.age,
    sitePrefixLength: row.sitePrefixLength,
    loopback: row.loopback,
    autoconfigured: row.autoconfigureAddress,
    publish: row.publish,
    immortal: row.immortal,
    // The row itself does not say: see withRegistry.
    inRegistry: false,
  };
}

function finite(seconds: number): number | undefined {
  return seconds === INFINITE ? undefined : seconds;
}
