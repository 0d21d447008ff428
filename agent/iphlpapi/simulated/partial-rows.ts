import type { Address, Family } from '../../../proto/address.js';
import { MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW } from '../layout.js';
import { dataView, encodeForwardRow2, type ForwardRow2 } from '../row-codec.js';
import { addressFamily, encodeSockaddr } from '../sockaddr.js';
import type { HostInterface } from './host-interface.js';

/** Members that a route notification has. */
export type RouteKeyMembers = Pick<ForwardRow2, 'interfaceLuid' | 'interfaceIndex' | 'destinationPrefix' | 'nextHop'>;

/** MIB_IPFORWARD_ROW2 as a notification carries it: everything but the key members is zero. */
export function encodeRouteKey({ interfaceLuid, interfaceIndex, destinationPrefix, nextHop }: RouteKeyMembers): Uint8Array {
  const bytes = new Uint8Array(MIB_IPFORWARD_ROW2.size);
  encodeForwardRow2(dataView(bytes), 0, { interfaceLuid, interfaceIndex, destinationPrefix, nextHop });
  return bytes;
}

/** MIB_IPINTERFACE_ROW as a notification carries it. */
export function encodeInterfaceKey({ luid, index }: HostInterface, family: Family): Uint8Array {
  const bytes = new Uint8Array(MIB_IPINTERFACE_ROW.size);
  const view = dataView(bytes);
  view.setUint16(MIB_IPINTERFACE_ROW.Family, addressFamily[family], true);
  view.setBigUint64(MIB_IPINTERFACE_ROW.InterfaceLuid, luid, true);
  view.setUint32(MIB_IPINTERFACE_ROW.InterfaceIndex, index, true);
  return bytes;
}

/** MIB_UNICASTIPADDRESS_ROW as a notification carries it. */
export function encodeUnicastKey({ luid, index }: HostInterface, address: Address): Uint8Array {
  const bytes = new Uint8Array(MIB_UNICASTIPADDRESS_ROW.size);
  const view = dataView(bytes);
  encodeSockaddr(view, MIB_UNICASTIPADDRESS_ROW.Address, address);
  view.setBigUint64(MIB_UNICASTIPADDRESS_ROW.InterfaceLuid, luid, true);
  view.setUint32(MIB_UNICASTIPADDRESS_ROW.InterfaceIndex, index, true);
  return bytes;
}
