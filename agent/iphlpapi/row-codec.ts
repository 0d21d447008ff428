import type { Address } from '../../proto/address.js';
import type { Prefix } from '../../proto/prefix.js';
import type { RouteKey } from '../routes/route.js';
import { MIB_IPFORWARD_ROW2, MIB_IPFORWARDROW, MIB_IPFORWARDTABLE, MIB_TABLE2 } from './layout.js';
import { copyInto, decodePrefix, decodeSockaddr, encodePrefix, encodeSockaddr } from './sockaddr.js';

/** MIB_IPFORWARD_ROW2 with its members as values. Lifetimes and age in seconds, 0xffffffff for infinite. */
export interface ForwardRow2 {
  readonly interfaceLuid: bigint;
  readonly interfaceIndex: number;
  readonly destinationPrefix: Prefix;
  readonly nextHop: Address;
  readonly sitePrefixLength: number;
  readonly validLifetime: number;
  readonly preferredLifetime: number;
  /** The route's own offset. */
  readonly metric: number;
  readonly protocol: number;
  readonly loopback: boolean;
  readonly autoconfigureAddress: boolean;
  readonly publish: boolean;
  readonly immortal: boolean;
  readonly age: number;
  readonly origin: number;
}

/** MIB_IPFORWARDROW with the members that Windows uses. Addresses and mask are 4 bytes in network order. */
export interface ForwardRow {
  readonly destination: Uint8Array;
  readonly mask: Uint8Array;
  readonly nextHop: Uint8Array;
  readonly interfaceIndex: number;
  readonly type: number;
  readonly protocol: number;
  readonly age: number;
  /** Route metric plus interface metric. */
  readonly metric1: number;
}

/** A view of the bytes, wherever their buffer begins. */
export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads a MIB_IPFORWARD_ROW2; undefined for a row that is neither IPv4 nor IPv6. */
export function decodeForwardRow2(view: DataView, offset = 0): ForwardRow2 | undefined {
  const destinationPrefix = decodePrefix(view, offset + MIB_IPFORWARD_ROW2.DestinationPrefix);
  const nextHop = decodeSockaddr(view, offset + MIB_IPFORWARD_ROW2.NextHop);
  if (destinationPrefix === undefined || nextHop === undefined) return undefined;
  const uint32 = (member: number): number => view.getUint32(offset + member, true);
  const boolean = (member: number): boolean => view.getUint8(offset + member) !== 0;
  return {
    interfaceLuid: view.getBigUint64(offset + MIB_IPFORWARD_ROW2.InterfaceLuid, true),
    interfaceIndex: uint32(MIB_IPFORWARD_ROW2.InterfaceIndex),
    destinationPrefix,
    nextHop,
    sitePrefixLength: view.getUint8(offset + MIB_IPFORWARD_ROW2.SitePrefixLength),
    validLifetime: uint32(MIB_IPFORWARD_ROW2.ValidLifetime),
    preferredLifetime: uint32(MIB_IPFORWARD_ROW2.PreferredLifetime),
    metric: uint32(MIB_IPFORWARD_ROW2.Metric),
    protocol: uint32(MIB_IPFORWARD_ROW2.Protocol),
    loopback: boolean(MIB_IPFORWARD_ROW2.Loopback),
    autoconfigureAddress: boolean(MIB_IPFORWARD_ROW2.AutoconfigureAddress),
    publish: boolean(MIB_IPFORWARD_ROW2.Publish),
    immortal: boolean(MIB_IPFORWARD_ROW2.Immortal),
    age: uint32(MIB_IPFORWARD_ROW2.Age),
    origin: uint32(MIB_IPFORWARD_ROW2.Origin),
  };
}

/** Writes the members of a MIB_IPFORWARD_ROW2 that name a row. The zone of a next hop is left out: the interface says the same. */
export function encodeRowKey(view: DataView, { destinationPrefix, nextHop, interface: { luid, index } }: RouteKey): void {
  view.setBigUint64(MIB_IPFORWARD_ROW2.InterfaceLuid, luid, true);
  view.setUint32(MIB_IPFORWARD_ROW2.InterfaceIndex, index, true);
  encodePrefix(view, MIB_IPFORWARD_ROW2.DestinationPrefix, destinationPrefix);
  encodeSockaddr(view, MIB_IPFORWARD_ROW2.NextHop, nextHop.scopeId === 0 ? nextHop : { ...nextHop, scopeId: 0 });
}

/** Writes the given members of a MIB_IPFORWARD_ROW2 and leaves the others as they are. */
export function encodeForwardRow2(view: DataView, offset: number, row: Partial<ForwardRow2>): void {
  const uint32 = (member: number, value: number | undefined): void => {
    if (value !== undefined) view.setUint32(offset + member, value, true);
  };
  const boolean = (member: number, value: boolean | undefined): void => {
    if (value !== undefined) view.setUint8(offset + member, value ? 1 : 0);
  };
  if (row.interfaceLuid !== undefined) view.setBigUint64(offset + MIB_IPFORWARD_ROW2.InterfaceLuid, row.interfaceLuid, true);
  uint32(MIB_IPFORWARD_ROW2.InterfaceIndex, row.interfaceIndex);
  if (row.destinationPrefix) encodePrefix(view, offset + MIB_IPFORWARD_ROW2.DestinationPrefix, row.destinationPrefix);
  if (row.nextHop) encodeSockaddr(view, offset + MIB_IPFORWARD_ROW2.NextHop, row.nextHop);
  if (row.sitePrefixLength !== undefined) view.setUint8(offset + MIB_IPFORWARD_ROW2.SitePrefixLength, row.sitePrefixLength);
  uint32(MIB_IPFORWARD_ROW2.ValidLifetime, row.validLifetime);
  uint32(MIB_IPFORWARD_ROW2.PreferredLifetime, row.preferredLifetime);
  uint32(MIB_IPFORWARD_ROW2.Metric, row.metric);
  uint32(MIB_IPFORWARD_ROW2.Protocol, row.protocol);
  boolean(MIB_IPFORWARD_ROW2.Loopback, row.loopback);
  boolean(MIB_IPFORWARD_ROW2.AutoconfigureAddress, row.autoconfigureAddress);
  boolean(MIB_IPFORWARD_ROW2.Publish, row.publish);
  boolean(MIB_IPFORWARD_ROW2.Immortal, row.immortal);
  uint32(MIB_IPFORWARD_ROW2.Age, row.age);
  uint32(MIB_IPFORWARD_ROW2.Origin, row.origin);
}

/** Reads a MIB_IPFORWARDROW. */
export function decodeForwardRow(view: DataView, offset = 0): ForwardRow {
  const uint32 = (member: number): number => view.getUint32(offset + member, true);
  const bytes = (member: number): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + offset + member, 4).slice();
  return {
    destination: bytes(MIB_IPFORWARDROW.dwForwardDest),
    mask: bytes(MIB_IPFORWARDROW.dwForwardMask),
    nextHop: bytes(MIB_IPFORWARDROW.dwForwardNextHop),
    interfaceIndex: uint32(MIB_IPFORWARDROW.dwForwardIfIndex),
    type: uint32(MIB_IPFORWARDROW.dwForwardType),
    protocol: uint32(MIB_IPFORWARDROW.dwForwardProto),
    age: uint32(MIB_IPFORWARDROW.dwForwardAge),
    metric1: uint32(MIB_IPFORWARDROW.dwForwardMetric1),
  };
}

/** Writes a MIB_IPFORWARDROW; the members that Windows does not use get the values that its documentation names. */
export function encodeForwardRow(view: DataView, offset: number, row: ForwardRow): void {
  const uint32 = (member: number, value: number): void => view.setUint32(offset + member, value, true);
  const bytes = (member: number, value: Uint8Array): void => copyInto(view, offset + member, value);
  bytes(MIB_IPFORWARDROW.dwForwardDest, row.destination);
  bytes(MIB_IPFORWARDROW.dwForwardMask, row.mask);
  uint32(MIB_IPFORWARDROW.dwForwardPolicy, 0);
  bytes(MIB_IPFORWARDROW.dwForwardNextHop, row.nextHop);
  uint32(MIB_IPFORWARDROW.dwForwardIfIndex, row.interfaceIndex);
  uint32(MIB_IPFORWARDROW.dwForwardType, row.type);
  uint32(MIB_IPFORWARDROW.dwForwardProto, row.protocol);
  uint32(MIB_IPFORWARDROW.dwForwardAge, row.age);
  uint32(MIB_IPFORWARDROW.dwForwardNextHopAS, 0);
  uint32(MIB_IPFORWARDROW.dwForwardMetric1, row.metric1);
  // "This value is not used": MIB_IPROUTE_METRIC_UNUSED.
  for (const member of ['dwForwardMetric2', 'dwForwardMetric3', 'dwForwardMetric4', 'dwForwardMetric5'] as const) {
    uint32(MIB_IPFORWARDROW[member], 0xffff_ffff);
  }
}

/** Where the rows of a table are. */
export interface TableLayout {
  readonly firstRow: number;
  readonly stride: number;
}

/** Offsets of the rows of a MIB_IPFORWARDTABLE, or of any table of the …2 family. */
export function rowOffsets(view: DataView, layout: TableLayout): number[] {
  return Array.from({ length: view.getUint32(0, true) }, (_, index) => layout.firstRow + index * layout.stride);
}

/** Layout of a MIB_IPFORWARDTABLE. */
export const forwardTableRows: TableLayout = { firstRow: MIB_IPFORWARDTABLE.table, stride: MIB_IPFORWARDROW.size };

/** Layout of a table of the …2 family, by the structure of its rows. */
export function table2Rows(row: { readonly size: number }): TableLayout {
  return { firstRow: MIB_TABLE2.Table, stride: row.size };
}

/** 4 bytes of the IPv4 mask with `length` leading ones. */
export function maskOf(length: number): Uint8Array {
  const mask = new Uint8Array(4);
  for (let index = 0; index < 4; index++) mask[index] = 0xff << (8 - Math.min(8, Math.max(0, length - index * 8)));
  return mask;
}

/** Number of leading ones of an IPv4 mask; undefined when ones follow a zero. */
export function maskLength(mask: Uint8Array): number | undefined {
  const value = dataView(mask).getUint32(0);
  const length = Math.clz32(~value >>> 0);
  return dataView(maskOf(length)).getUint32(0) === value ? length : undefined;
}
