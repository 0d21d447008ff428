import type { Family } from '../../proto/address.js';
import { RouteTableError } from '../routes/errors.js';
import { describeSelector, type InterfaceBinding, type InterfaceSelector, type NetworkInterface } from '../routes/network-interface.js';
import type { InterfaceIdentity } from '../routes/route.js';
import { failure } from './failure.js';
import { decodeGuid, encodeGuid } from './guid.js';
import { bindingQuery, createInterfaceLookup, decodeWideString } from './interface-lookup.js';
import type { Iphlpapi } from './iphlpapi.js';
import { AF_UNSPEC, IF_STRING_LENGTH, MIB_IF_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW } from './layout.js';
import { dataView, rowOffsets, table2Rows } from './row-codec.js';
import { decodeSockaddr } from './sockaddr.js';
import { Win32 } from './win32-error.js';

type InterfaceAddress = NetworkInterface['addresses'][number];

/** Reads all interfaces that have IP bound, by index. Windows also lists filter drivers and the like; those have not. */
export async function readInterfaces(iphlpapi: Iphlpapi): Promise<NetworkInterface[]> {
  const addresses = await readAddresses(iphlpapi);
  const { code, table } = await iphlpapi.getIfTable2();
  if (table === undefined) throw failure(iphlpapi, 'GetIfTable2', code, 'the interfaces');
  try {
    const view = dataView(table.bytes);
    return (
      rowOffsets(view, table2Rows(MIB_IF_ROW2))
        .map((offset) => decodeInterface(iphlpapi, view, offset, addresses))
        // Where bindings cannot be read, none is better left out than one too many.
        .filter(
          ({ bindings, addresses }) => bindings.length > 0 || addresses.length > 0 || iphlpapi.missing.includes('GetIpInterfaceEntry'),
        )
        .sort((a, b) => a.index - b.index)
    );
  } finally {
    table.free();
  }
}

/** The unicast addresses of the host by the LUID of their interface. */
export async function readAddresses(iphlpapi: Iphlpapi): Promise<Map<bigint, InterfaceAddress[]>> {
  const { code, table } = await iphlpapi.getUnicastIpAddressTable(AF_UNSPEC);
  // Without the function, or without any address, the interfaces are still worth listing.
  if (table === undefined) {
    if (code === Win32.ERROR_PROC_NOT_FOUND || code === Win32.ERROR_NOT_FOUND) return new Map();
    throw failure(iphlpapi, 'GetUnicastIpAddressTable', code, 'the addresses');
  }
  try {
    const view = dataView(table.bytes);
    const rows = rowOffsets(view, table2Rows(MIB_UNICASTIPADDRESS_ROW)).flatMap((offset) => {
      const address = decodeSockaddr(view, offset + MIB_UNICASTIPADDRESS_ROW.Address);
      const prefixLength = view.getUint8(offset + MIB_UNICASTIPADDRESS_ROW.OnLinkPrefixLength);
      const luid = view.getBigUint64(offset + MIB_UNICASTIPADDRESS_ROW.InterfaceLuid, true);
      return address ? [{ luid, value: { address, prefixLength } }] : [];
    });
    const byLuid = new Map<bigint, InterfaceAddress[]>();
    for (const { luid, value } of rows) byLuid.set(luid, [...(byLuid.get(luid) ?? []), value]);
    return byLuid;
  } finally {
    table.free();
  }
}

function decodeInterface(
  iphlpapi: Iphlpapi,
  view: DataView,
  offset: number,
  addresses: ReadonlyMap<bigint, readonly InterfaceAddress[]>,
): NetworkInterface {
  const bytes = (member: number, length: number): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + offset + member, length);
  const uint32 = (member: number): number => view.getUint32(offset + member, true);
  const luid = view.getBigUint64(offset + MIB_IF_ROW2.InterfaceLuid, true);
  const speed = view.getBigUint64(offset + MIB_IF_ROW2.TransmitLinkSpeed, true);
  return {
    luid,
    index: uint32(MIB_IF_ROW2.InterfaceIndex),
    alias: decodeWideString(bytes(MIB_IF_ROW2.Alias, IF_STRING_LENGTH * 2)),
    description: decodeWideString(bytes(MIB_IF_ROW2.Description, IF_STRING_LENGTH * 2)),
    guid: decodeGuid(bytes(MIB_IF_ROW2.InterfaceGuid, 16)),
    type: uint32(MIB_IF_ROW2.Type),
    operationalStatus: uint32(MIB_IF_ROW2.OperStatus),
    administrativeStatus: uint32(MIB_IF_ROW2.AdminStatus),
    physicalAddress: bytes(MIB_IF_ROW2.PhysicalAddress, uint32(MIB_IF_ROW2.PhysicalAddressLength)).slice(),
    mtu: uint32(MIB_IF_ROW2.Mtu),
    // All ones: the driver does not tell.
    transmitLinkSpeed: speed === 0n || speed === 0xffff_ffff_ffff_ffffn ? undefined : speed,
    addresses: addresses.get(luid) ?? [],
    bindings: ([4, 6] as const).flatMap((family) => readBinding(iphlpapi, family, luid)),
  };
}

function readBinding(iphlpapi: Iphlpapi, family: Family, luid: bigint): InterfaceBinding[] {
  const row = bindingQuery(family, luid);
  if (iphlpapi.getIpInterfaceEntry(row) !== 0) return [];
  const view = dataView(row);
  const boolean = (member: number): boolean => view.getUint8(member) !== 0;
  return [
    {
      family,
      metric: view.getUint32(MIB_IPINTERFACE_ROW.Metric, true),
      automaticMetric: boolean(MIB_IPINTERFACE_ROW.UseAutomaticMetric),
      mtu: view.getUint32(MIB_IPINTERFACE_ROW.NlMtu, true),
      connected: boolean(MIB_IPINTERFACE_ROW.Connected),
      forwarding: boolean(MIB_IPINTERFACE_ROW.ForwardingEnabled),
    },
  ];
}

/** The one interface that the selector names. */
export async function findInterface(iphlpapi: Iphlpapi, selector: InterfaceSelector): Promise<InterfaceIdentity> {
  if (selector.by === 'alias') return findByAlias(iphlpapi, selector.alias);
  const lookup = createInterfaceLookup(iphlpapi);
  const luid = selector.by === 'index' ? lookup.luidOf(selector.index) : luidOf(iphlpapi, selector);
  const index = luid === undefined ? undefined : lookup.indexOf(luid);
  if (luid !== undefined && index !== undefined) return { luid, index };
  throw notFound(await readInterfaces(iphlpapi), selector);
}

function luidOf(iphlpapi: Iphlpapi, selector: InterfaceSelector & { by: 'luid' | 'guid' }): bigint | undefined {
  if (selector.by === 'luid') return selector.luid;
  const luid = new Uint8Array(8);
  return iphlpapi.convertInterfaceGuidToLuid(encodeGuid(selector.guid), luid) === 0 ? dataView(luid).getBigUint64(0, true) : undefined;
}

async function findByAlias(iphlpapi: Iphlpapi, alias: string): Promise<InterfaceIdentity> {
  const wanted = alias.toLowerCase();
  const interfaces = await readInterfaces(iphlpapi);
  const [found, ...others] = interfaces.filter((candidate) => candidate.alias.toLowerCase() === wanted);
  if (found === undefined) throw notFound(interfaces, { by: 'alias', alias });
  if (others.length === 0) return { luid: found.luid, index: found.index };
  throw new RouteTableError('AMBIGUOUS_INTERFACE', `the alias "${alias}" is not unique: ${listInterfaces([found, ...others])}`, {
    remedy: 'name the interface by index, LUID or GUID',
  });
}

function notFound(candidates: readonly NetworkInterface[], selector: InterfaceSelector): RouteTableError {
  return new RouteTableError('INTERFACE_NOT_FOUND', `the host has no interface ${describeSelector(selector)}`, {
    remedy: `choose one of: ${listInterfaces(candidates)}`,
  });
}

function listInterfaces(interfaces: readonly NetworkInterface[]): string {
  return interfaces.map(({ alias, index, guid }) => `"${alias}" (index ${index}, ${guid})`).join(', ');
}
