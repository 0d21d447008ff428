import type { Family } from '../../../proto/address.js';
import type { Iphlpapi, TableResult } from '../iphlpapi.js';
import { AF_UNSPEC, MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW } from '../layout.js';
import { dataView } from '../row-codec.js';
import { familyOf } from '../sockaddr.js';
import { Win32 } from '../win32-error.js';
import { addressesOf } from './host-interface.js';
import { encodeInterface, encodeIpInterface, encodeUnicastAddress } from './interface-rows.js';
import type { NativeTables, RowEncoder } from './native-tables.js';
import { identifyRow2 } from './route-identity.js';
import type { SimulatedHost } from './simulated-host.js';

/** Functions of the …2 family that read rows. */
export interface NetioReads {
  readonly getIfEntry2: Iphlpapi['getIfEntry2'];
  readonly getIpForwardEntry2: Iphlpapi['getIpForwardEntry2'];
  readonly getIpInterfaceEntry: Iphlpapi['getIpInterfaceEntry'];
  getIfTable2(): TableResult;
  getIpForwardTable2(family: number): TableResult;
  getUnicastIpAddressTable(family: number): TableResult;
}

/** The reads of the …2 family. */
export function netioReads(host: SimulatedHost, tables: NativeTables): NetioReads {
  /** A table of the rows that `list` finds for the families; `list` runs only for families that this host has. */
  const familyTable = <T>(
    family: number,
    rowSize: number,
    list: (families: readonly Family[]) => readonly T[],
    encode: RowEncoder<T>,
  ): TableResult => {
    const families = familiesOf(host, family);
    if (typeof families === 'number') return { code: families };
    const rows = list(families);
    if (rows.length === 0) return { code: Win32.ERROR_NOT_FOUND };
    return tables.allocate(rows, rowSize, encode);
  };

  return {
    getIfEntry2: (row) => getIfEntry2(host, row),
    getIpForwardEntry2: (row) => getIpForwardEntry2(host, row),
    getIpInterfaceEntry: (row) => getIpInterfaceEntry(host, row),
    getIfTable2: () => tables.allocate(host.interfaces, MIB_IF_ROW2.size, encodeInterface),
    getIpForwardTable2: (family) =>
      familyTable(
        family,
        MIB_IPFORWARD_ROW2.size,
        (families) => Array.from(host.routes).filter(({ row }) => families.includes(row.destinationPrefix.family)),
        (view, offset, route, bytes) => host.copyRoute(route, bytes, offset, view),
      ),
    getUnicastIpAddressTable: (family) =>
      familyTable(
        family,
        MIB_UNICASTIPADDRESS_ROW.size,
        (families) =>
          host.interfaces.flatMap((each) => families.flatMap((family) => addressesOf(each, family).map((address) => ({ each, address })))),
        (view, offset, row) => encodeUnicastAddress(view, offset, row.each, row.address),
      ),
  };
}

/** The families that an ADDRESS_FAMILY argument asks for, or the code: 87 for an unknown one, 50 for one without a stack. */
function familiesOf(host: SimulatedHost, value: number): readonly Family[] | number {
  if (value === AF_UNSPEC) return host.profile.transports;
  const family = familyOf(value);
  if (family === undefined) return Win32.ERROR_INVALID_PARAMETER;
  return host.profile.transports.includes(family) ? [family] : Win32.ERROR_NOT_SUPPORTED;
}

function getIpForwardEntry2(host: SimulatedHost, bytes: Uint8Array): number {
  const row = identifyRow2(host, bytes);
  if (typeof row === 'number') return row;
  const route = host.getRoute(row);
  if (route === undefined) return Win32.ERROR_NOT_FOUND;
  host.copyRoute(route, bytes);
  return Win32.NO_ERROR;
}

function getIfEntry2(host: SimulatedHost, bytes: Uint8Array): number {
  if (bytes.length < MIB_IF_ROW2.size) return Win32.ERROR_INVALID_PARAMETER;
  const view = dataView(bytes);
  const luid = view.getBigUint64(MIB_IF_ROW2.InterfaceLuid, true);
  const index = view.getUint32(MIB_IF_ROW2.InterfaceIndex, true);
  if (luid === 0n && index === 0) return Win32.ERROR_INVALID_PARAMETER;
  const each = host.findInterface(luid, index);
  if (each === undefined) return Win32.ERROR_FILE_NOT_FOUND;
  bytes.fill(0, 0, MIB_IF_ROW2.size);
  encodeInterface(view, 0, each);
  return Win32.NO_ERROR;
}

function getIpInterfaceEntry(host: SimulatedHost, bytes: Uint8Array): number {
  if (bytes.length < MIB_IPINTERFACE_ROW.size) return Win32.ERROR_INVALID_PARAMETER;
  const view = dataView(bytes);
  const family = familyOf(view.getUint16(MIB_IPINTERFACE_ROW.Family, true));
  const luid = view.getBigUint64(MIB_IPINTERFACE_ROW.InterfaceLuid, true);
  const index = view.getUint32(MIB_IPINTERFACE_ROW.InterfaceIndex, true);
  if (family === undefined || (luid === 0n && index === 0)) return Win32.ERROR_INVALID_PARAMETER;
  const each = host.findInterface(luid, index);
  if (each === undefined) return Win32.ERROR_FILE_NOT_FOUND;
  if (!each.bindings.has(family)) return Win32.ERROR_NOT_FOUND;
  bytes.fill(0, 0, MIB_IPINTERFACE_ROW.size);
  encodeIpInterface(view, 0, each, family);
  return Win32.NO_ERROR;
}
