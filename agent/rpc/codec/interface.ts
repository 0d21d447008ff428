import { formatAddress } from '../../../proto/address.js';
import type { AdministrativeStatus, OperationalStatus, Interface as WireInterface } from '../../../proto/gen/routefleet/v1/interface.pb.js';
import type { NetworkInterface } from '../../routes/network-interface.js';
import { wireFamily } from './family.js';

/** An interface as it goes out. */
export function encodeInterface(networkInterface: NetworkInterface): WireInterface {
  const { physicalAddress, transmitLinkSpeed, addresses, bindings } = networkInterface;
  return {
    alias: networkInterface.alias,
    description: networkInterface.description,
    index: networkInterface.index,
    luid: networkInterface.luid,
    guid: networkInterface.guid,
    type: networkInterface.type,
    // The contract has Windows' own numbers.
    operationalStatus: networkInterface.operationalStatus as OperationalStatus,
    administrativeStatus: networkInterface.administrativeStatus as AdministrativeStatus,
    physicalAddress: Array.from(physicalAddress, (byte) => byte.toString(16).padStart(2, '0')).join('-'),
    mtu: networkInterface.mtu,
    transmitLinkSpeed: transmitLinkSpeed ?? 0n,
    addresses: addresses.map(({ address, prefixLength }) => ({ address: formatAddress(address), prefixLength })),
    bindings: bindings.map(({ family, ...binding }) => ({ family: wireFamily[family], ...binding })),
  };
}
