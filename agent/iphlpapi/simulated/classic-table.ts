import { MIB_IPFORWARDROW, MIB_IPFORWARDTABLE } from '../layout.js';
import { dataView, encodeForwardRow, type ForwardRow } from '../row-codec.js';
import { Win32 } from '../win32-error.js';
import { classicRow } from './classic-rows.js';
import type { StoredRoute } from './route-store.js';
import type { SimulatedHost } from './simulated-host.js';

/**
 * GetIpForwardTable: 122 and the size that is needed until the memory is large enough. `afterSizeAnswer` runs after each 122: between the two calls
 * the table may grow.
 */
export function classicTable(
  host: SimulatedHost,
  afterSizeAnswer: () => void,
): (table: Uint8Array | null, size: Uint8Array, order: boolean) => number {
  return (table, size, order) => {
    if (size.length < 4) return Win32.ERROR_INVALID_PARAMETER;
    if (!host.profile.transports.includes(4)) return Win32.ERROR_NOT_SUPPORTED;
    const available = dataView(size).getUint32(0, true);
    // A size that promises more memory than there is would be a write past its end.
    if (table !== null && table.length < available) return Win32.ERROR_INVALID_PARAMETER;
    const routes = [...host.routes].filter(({ row }) => row.destinationPrefix.family === 4);
    if (routes.length === 0) return Win32.ERROR_NO_DATA;
    const needed = MIB_IPFORWARDTABLE.table + routes.length * MIB_IPFORWARDROW.size;
    dataView(size).setUint32(0, needed, true);
    if (table === null || available < needed) {
      afterSizeAnswer();
      return Win32.ERROR_INSUFFICIENT_BUFFER;
    }
    const rows = classicRows(host, routes);
    write(dataView(table), order ? rows.toSorted(inDocumentedOrder) : rows);
    return Win32.NO_ERROR;
  };
}

function classicRows(host: SimulatedHost, routes: readonly StoredRoute[]): ForwardRow[] {
  const interfaces = new Map(host.interfaces.map((each) => [each.luid, each]));
  return routes.flatMap((route) => {
    const owner = interfaces.get(route.row.interfaceLuid);
    return owner ? [classicRow(owner, route, host.ageSeconds(route))] : [];
  });
}

function write(view: DataView, rows: readonly ForwardRow[]): void {
  view.setUint32(MIB_IPFORWARDTABLE.dwNumEntries, rows.length, true);
  for (const [index, row] of rows.entries()) encodeForwardRow(view, MIB_IPFORWARDTABLE.table + index * MIB_IPFORWARDROW.size, row);
}

/** Destination address, protocol, (policy, which is always 0), next hop. */
function inDocumentedOrder(a: ForwardRow, b: ForwardRow): number {
  return Buffer.compare(a.destination, b.destination) || a.protocol - b.protocol || Buffer.compare(a.nextHop, b.nextHop);
}
