import type { NativeTable } from '../../../../agent/iphlpapi/iphlpapi.js';
import { MIB_IPFORWARD_ROW2, MIB_IPFORWARDROW, MIB_IPFORWARDTABLE, SOCKADDR_INET } from '../../../../agent/iphlpapi/layout.js';
import {
  dataView,
  decodeForwardRow,
  decodeForwardRow2,
  encodeForwardRow,
  encodeForwardRow2,
  type ForwardRow,
  type ForwardRow2,
  forwardTableRows,
  rowOffsets,
  table2Rows,
} from '../../../../agent/iphlpapi/row-codec.js';
import { hostProfile, type ProfileName } from '../../../../agent/iphlpapi/simulated/profiles.js';
import { createSimulatedIphlpapi, type SimulatedIphlpapi } from '../../../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { encodeSockaddr } from '../../../../agent/iphlpapi/sockaddr.js';
import { formatAddress, parseAddress } from '../../../../proto/address.js';
import { formatPrefix, parsePrefix } from '../../../../proto/prefix.js';

/** A simulation whose clock the test moves. */
export interface Rig {
  readonly api: SimulatedIphlpapi;
  advance(seconds: number): void;
}

/** A simulated host at a clock of its own. */
export function rig(name: ProfileName): Rig {
  let nowMs = 1_000_000;
  return {
    api: createSimulatedIphlpapi({ host: hostProfile(name), nowMs: () => nowMs }),
    advance: (seconds) => {
      nowMs += seconds * 1000;
    },
  };
}

/** MIB_IPFORWARD_ROW2 with the members that a careful caller sets; 1 is loopback, 12 the Ethernet of the office. */
export function row2(
  prefix: string,
  nextHop: string,
  members: Partial<Omit<ForwardRow2, 'destinationPrefix' | 'nextHop'>> = {},
): Uint8Array {
  const bytes = new Uint8Array(MIB_IPFORWARD_ROW2.size);
  encodeForwardRow2(dataView(bytes), 0, {
    interfaceIndex: 12,
    destinationPrefix: parsePrefix(prefix),
    nextHop: parseAddress(nextHop),
    validLifetime: 0xffff_ffff,
    preferredLifetime: 0xffff_ffff,
    metric: 0,
    protocol: 3,
    immortal: true,
    ...members,
  });
  return bytes;
}

/** MIB_IPFORWARDROW with Metric1 at the interface metric of the office's Ethernet. */
export function classicRow(
  destination: string,
  mask: string,
  nextHop: string,
  members: Partial<Omit<ForwardRow, 'destination' | 'mask' | 'nextHop'>> = {},
): Uint8Array {
  const bytes = new Uint8Array(MIB_IPFORWARDROW.size);
  encodeForwardRow(dataView(bytes), 0, {
    destination: parseAddress(destination).bytes,
    mask: parseAddress(mask).bytes,
    nextHop: parseAddress(nextHop).bytes,
    interfaceIndex: 12,
    type: 4,
    protocol: 3,
    age: 0,
    metric1: 25,
    ...members,
  });
  return bytes;
}

/** SOCKADDR_INET of an address. */
export function sockaddr(text: string): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_INET.size);
  encodeSockaddr(dataView(bytes), 0, parseAddress(text));
  return bytes;
}

/** The 8 bytes of a NET_LUID. */
export function luid(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  dataView(bytes).setBigUint64(0, value, true);
  return bytes;
}

/** The rows of a MIB_IPFORWARD_TABLE2, which is freed. */
export async function readTable2(api: SimulatedIphlpapi, family: number): Promise<ForwardRow2[]> {
  const { code, table } = await api.getIpForwardTable2(family);
  if (table === undefined) throw new Error(`GetIpForwardTable2: ${code}`);
  const view = dataView(table.bytes);
  const rows = rowOffsets(view, table2Rows(MIB_IPFORWARD_ROW2)).map((offset) => decodeForwardRow2(view, offset) as ForwardRow2);
  table.free();
  return rows;
}

/** The rows of GetIpForwardTable by its two calls. */
export async function readClassic(api: SimulatedIphlpapi, order = false): Promise<ForwardRow[]> {
  const size = new Uint8Array(4);
  await api.getIpForwardTable(null, size, order);
  const table = new Uint8Array(dataView(size).getUint32(0, true));
  const code = await api.getIpForwardTable(table, size, order);
  if (code !== 0) throw new Error(`GetIpForwardTable: ${code}`);
  const view = dataView(table);
  return rowOffsets(view, forwardTableRows).map((offset) => decodeForwardRow(view, offset));
}

/** Bytes of a table of the classic function, for `count` rows. */
export function classicTableSize(count: number): number {
  return MIB_IPFORWARDTABLE.table + count * MIB_IPFORWARDROW.size;
}

/** "10.0.0.0/8 via 10.20.0.1 on 12", the identity of a row for people. */
export function identity({ destinationPrefix, nextHop, interfaceIndex }: ForwardRow2): string {
  return `${formatPrefix(destinationPrefix)} via ${formatAddress(nextHop)} on ${interfaceIndex}`;
}

/** Reads a table and frees it. */
export function consume<T>(result: { readonly code: number; readonly table?: NativeTable | undefined }, read: (view: DataView) => T): T {
  if (result.table === undefined) throw new Error(`no table: ${result.code}`);
  const value = read(dataView(result.table.bytes));
  result.table.free();
  return value;
}
