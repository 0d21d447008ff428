import { type Address, formatAddress, isUnspecified } from '../../../proto/address.js';
import { addressBits } from '../../../proto/prefix.js';
import { MIB_IPNET_ROW2, NL_NEIGHBOR_STATE } from '../layout.js';
import { dataView } from '../row-codec.js';
import { decodeSockaddr } from '../sockaddr.js';
import { Win32 } from '../win32-error.js';
import { commonBits } from './best-route.js';
import { addressesOf, type HostInterface } from './host-interface.js';
import { FIRST_HOST } from './profile-parts.js';
import type { SimulatedHost } from './simulated-host.js';

/** The other machines on the links of a host: which of them answer ARP and neighbour discovery. */
export class Neighbours {
  readonly #told = new Map<string, boolean>();

  set(owner: HostInterface, address: Address, answers: boolean): void {
    this.#told.set(key(owner, address), answers);
  }

  /** Until told otherwise: the routers of the networks that the interface is in, and next hops of the host's configuration. */
  answers(host: SimulatedHost, owner: HostInterface, address: Address): boolean {
    return this.#told.get(key(owner, address)) ?? (isRouter(owner, address) || isConfigured(host, owner, address));
  }
}

function key({ luid }: HostInterface, address: Address): string {
  return `${luid} ${addressText(address)}`;
}

function addressText(address: Address): string {
  return formatAddress({ ...address, scopeId: 0 });
}

function isRouter(owner: HostInterface, { family, bytes }: Address): boolean {
  return addressesOf(owner, family).some(({ address, prefixLength }) => {
    const hostBits = BigInt(addressBits[family] - prefixLength);
    const hostPart = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) & ((1n << hostBits) - 1n);
    return commonBits(address.bytes, bytes) >= prefixLength && hostPart > 0n && hostPart < FIRST_HOST;
  });
}

function isConfigured({ profile }: SimulatedHost, { profile: { alias } }: HostInterface, address: Address): boolean {
  return profile.routes.some(({ interfaceAlias, nextHop }) => interfaceAlias === alias && nextHop === addressText(address));
}

/** ResolveIpNetEntry2. Silence takes no time here: that is what SimulationControl.delay is for. */
export function resolveIpNetEntry2(host: SimulatedHost, neighbours: Neighbours): (row: Uint8Array, source: Uint8Array | null) => number {
  return (row) => {
    if (row.length < MIB_IPNET_ROW2.size) return Win32.ERROR_INVALID_PARAMETER;
    const view = dataView(row);
    const address = decodeSockaddr(view, MIB_IPNET_ROW2.Address);
    const luid = view.getBigUint64(MIB_IPNET_ROW2.InterfaceLuid, true);
    const index = view.getUint32(MIB_IPNET_ROW2.InterfaceIndex, true);
    if (address === undefined || !isNeighbour(address) || (luid === 0n && index === 0)) return Win32.ERROR_INVALID_PARAMETER;
    if (!host.profile.transports.includes(address.family)) return Win32.ERROR_NOT_SUPPORTED;
    const owner = host.findInterface(luid, index);
    if (!owner?.bindings.has(address.family)) return Win32.ERROR_NOT_FOUND;
    if (!owner.up || !neighbours.answers(host, owner, address)) return Win32.ERROR_BAD_NET_NAME;
    writeAnswer(view, owner, address);
    return Win32.NO_ERROR;
  };
}

/** Unicast, and not loopback: anything else is an invalid parameter. */
function isNeighbour(address: Address): boolean {
  const [first = 0] = address.bytes;
  if (isUnspecified(address)) return false;
  return address.family === 4 ? first !== 127 && first < 224 : first !== 0xff && addressText(address) !== '::1';
}

/** A locally administered hardware address made of the end of the IP address; a tunnel has none. */
function writeAnswer(view: DataView, owner: HostInterface, { bytes }: Address): void {
  const physicalAddress = owner.profile.physicalAddress === '' ? [] : [0x02, 0x00, ...bytes.slice(-4)];
  new Uint8Array(view.buffer, view.byteOffset + MIB_IPNET_ROW2.PhysicalAddress).set(physicalAddress);
  view.setUint32(MIB_IPNET_ROW2.PhysicalAddressLength, physicalAddress.length, true);
  view.setUint32(MIB_IPNET_ROW2.State, NL_NEIGHBOR_STATE.Reachable, true);
  view.setUint32(MIB_IPNET_ROW2.InterfaceIndex, owner.index, true);
  view.setBigUint64(MIB_IPNET_ROW2.InterfaceLuid, owner.luid, true);
}
