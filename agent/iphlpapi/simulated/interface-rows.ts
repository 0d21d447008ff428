import type { Family } from '../../../proto/address.js';
import { IF_STRING_LENGTH, MIB_IF_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW } from '../layout.js';
import { addressFamily, encodeSockaddr } from '../sockaddr.js';
import type { HostAddress, HostInterface } from './host-interface.js';

/** IF_OPER_STATUS and NET_IF_ADMIN_STATUS agree on these. */
const UP = 1;
const DOWN = 2;

/** Writes a MIB_IF_ROW2 into zeroed memory. */
export function encodeInterface(view: DataView, offset: number, each: HostInterface): void {
  const { profile } = each;
  const bytes = (member: number, values: Uint8Array): void => new Uint8Array(view.buffer, view.byteOffset + offset + member).set(values);
  const uint32 = (member: number, value: number): void => view.setUint32(offset + member, value, true);
  const physicalAddress = Buffer.from(profile.physicalAddress.replaceAll('-', ''), 'hex');
  view.setBigUint64(offset + MIB_IF_ROW2.InterfaceLuid, each.luid, true);
  uint32(MIB_IF_ROW2.InterfaceIndex, each.index);
  bytes(MIB_IF_ROW2.InterfaceGuid, each.guid);
  bytes(MIB_IF_ROW2.Alias, wideString(each.alias));
  bytes(MIB_IF_ROW2.Description, wideString(profile.description));
  uint32(MIB_IF_ROW2.PhysicalAddressLength, physicalAddress.length);
  bytes(MIB_IF_ROW2.PhysicalAddress, physicalAddress);
  uint32(MIB_IF_ROW2.Mtu, profile.mtu);
  uint32(MIB_IF_ROW2.Type, profile.type);
  uint32(MIB_IF_ROW2.OperStatus, each.up ? UP : DOWN);
  uint32(MIB_IF_ROW2.AdminStatus, each.enabled ? UP : DOWN);
  view.setBigUint64(offset + MIB_IF_ROW2.TransmitLinkSpeed, profile.transmitLinkSpeed, true);
}

/** UTF-16 with its end mark, cut to what a WCHAR[257] holds. */
export function wideString(text: string): Uint8Array {
  return Buffer.from(`${text.slice(0, IF_STRING_LENGTH - 1)}\0`, 'utf16le');
}

/** Writes a MIB_IPINTERFACE_ROW into zeroed memory; the family must be bound. */
export function encodeIpInterface(view: DataView, offset: number, each: HostInterface, family: Family): void {
  const binding = each.bindings.get(family);
  const boolean = (member: number, value: boolean | undefined): void => view.setUint8(offset + member, value ? 1 : 0);
  view.setUint16(offset + MIB_IPINTERFACE_ROW.Family, addressFamily[family], true);
  view.setBigUint64(offset + MIB_IPINTERFACE_ROW.InterfaceLuid, each.luid, true);
  view.setUint32(offset + MIB_IPINTERFACE_ROW.InterfaceIndex, each.index, true);
  boolean(MIB_IPINTERFACE_ROW.ForwardingEnabled, binding?.forwarding);
  boolean(MIB_IPINTERFACE_ROW.UseAutomaticMetric, binding?.automaticMetric);
  view.setUint32(offset + MIB_IPINTERFACE_ROW.Metric, binding?.metric ?? 0, true);
  view.setUint32(offset + MIB_IPINTERFACE_ROW.NlMtu, each.profile.mtu, true);
  boolean(MIB_IPINTERFACE_ROW.Connected, each.up);
}

/** Writes a MIB_UNICASTIPADDRESS_ROW into zeroed memory. */
export function encodeUnicastAddress(view: DataView, offset: number, each: HostInterface, { address, prefixLength }: HostAddress): void {
  encodeSockaddr(view, offset + MIB_UNICASTIPADDRESS_ROW.Address, address);
  view.setBigUint64(offset + MIB_UNICASTIPADDRESS_ROW.InterfaceLuid, each.luid, true);
  view.setUint32(offset + MIB_UNICASTIPADDRESS_ROW.InterfaceIndex, each.index, true);
  view.setUint8(offset + MIB_UNICASTIPADDRESS_ROW.OnLinkPrefixLength, prefixLength);
}
