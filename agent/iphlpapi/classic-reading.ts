import { failure } from './failure.js';
import type { InterfaceLookup } from './interface-lookup.js';
import type { Iphlpapi } from './iphlpapi.js';
import { INFINITE, MIB_IPFORWARD_ROW2, MIB_IPFORWARDTABLE, MIB_IPROUTE_TYPE, MIB_TABLE2 } from './layout.js';
import { dataView, decodeForwardRow, encodeForwardRow2, type ForwardRow, forwardTableRows, maskLength, rowOffsets } from './row-codec.js';
import { Win32 } from './win32-error.js';

/** How often the size is asked for again when the table grew between the two calls. */
const sizeAttempts = 8;

/** Value of ForwardRow2.origin for a row of the classic table, which does not tell. */
export const unknownOrigin = 0xffff_ffff;

/** The whole classic table in the layout of MIB_IPFORWARD_TABLE2, so that everything behind reads one layout. */
export async function readClassicTable(iphlpapi: Iphlpapi, lookup: InterfaceLookup): Promise<Uint8Array> {
  const classic = dataView(await readClassicBytes(iphlpapi));
  const offsets = rowOffsets(classic, forwardTableRows);
  const bytes = new Uint8Array(MIB_TABLE2.Table + offsets.length * MIB_IPFORWARD_ROW2.size);
  const view = dataView(bytes);
  view.setUint32(MIB_TABLE2.NumEntries, offsets.length, true);
  offsets.forEach((offset, index) => {
    translateRow(view, MIB_TABLE2.Table + index * MIB_IPFORWARD_ROW2.size, decodeForwardRow(classic, offset), lookup);
  });
  return bytes;
}

async function readClassicBytes(iphlpapi: Iphlpapi): Promise<Uint8Array> {
  const size = new Uint8Array(4);
  let bytes: Uint8Array | null = null;
  let code = 0;
  for (let attempt = 0; attempt < sizeAttempts; attempt++) {
    code = await iphlpapi.getIpForwardTable(bytes, size, false);
    if (code === 0 && bytes !== null) return bytes;
    if (code === Win32.ERROR_NO_DATA) return new Uint8Array(MIB_IPFORWARDTABLE.table);
    if (code !== Win32.ERROR_INSUFFICIENT_BUFFER) break;
    bytes = new Uint8Array(dataView(size).getUint32(0, true));
  }
  throw failure(iphlpapi, 'GetIpForwardTable', code, 'the routing table');
}

/** Writes a classic row in the layout of MIB_IPFORWARD_ROW2. */
export function translateRow(view: DataView, offset: number, row: ForwardRow, lookup: InterfaceLookup): void {
  const luid = lookup.luidOf(row.interfaceIndex) ?? 0n;
  encodeForwardRow2(view, offset, {
    interfaceLuid: luid,
    interfaceIndex: row.interfaceIndex,
    destinationPrefix: { family: 4, bytes: row.destination, length: maskLength(row.mask) ?? 0 },
    // A direct row shows the interface's own address; on-link is an unspecified next hop everywhere else.
    nextHop: { family: 4, bytes: row.type === MIB_IPROUTE_TYPE.DIRECT ? new Uint8Array(4) : row.nextHop, scopeId: 0 },
    sitePrefixLength: 0,
    validLifetime: INFINITE,
    preferredLifetime: INFINITE,
    metric: Math.max(0, row.metric1 - (lookup.metric(4, luid) ?? 0)),
    protocol: row.protocol,
    loopback: false,
    autoconfigureAddress: false,
    publish: false,
    immortal: row.age === INFINITE,
    age: row.age === INFINITE ? 0 : row.age,
    origin: unknownOrigin,
  });
}
