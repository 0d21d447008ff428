import { type Address, isUnspecified, parseAddress, unspecifiedAddress } from '../../../proto/address.js';
import { addressBits, containsAddress, type Prefix } from '../../../proto/prefix.js';
import { MIB_IPROUTE_TYPE } from '../layout.js';
import { type ForwardRow, maskOf } from '../row-codec.js';
import { addressesOf, type HostInterface } from './host-interface.js';
import type { StoredRoute } from './route-store.js';

/** An IPv4 row as GetIpForwardTable and GetBestRoute show it. */
export function classicRow(owner: HostInterface, { row }: StoredRoute, ageSeconds: number): ForwardRow {
  const onLink = isUnspecified(row.nextHop);
  return {
    destination: row.destinationPrefix.bytes,
    mask: maskOf(row.destinationPrefix.length),
    nextHop: onLink ? ownAddress(owner, row.destinationPrefix) : row.nextHop.bytes,
    interfaceIndex: owner.index,
    type: onLink ? MIB_IPROUTE_TYPE.DIRECT : MIB_IPROUTE_TYPE.INDIRECT,
    protocol: row.protocol,
    // "INFINITE" on the pages of the writes is about the time-out of the row, not about what a reader sees.
    age: ageSeconds,
    metric1: row.metric + (owner.bindings.get(4)?.metric ?? 0),
  };
}

/** The address that stands for on-link: the one within the prefix where there are several; zero on an interface without addresses. */
function ownAddress(owner: HostInterface, prefix: Prefix): Uint8Array {
  const addresses = addressesOf(owner, 4).map(({ address }) => address);
  return (addresses.find((address) => containsAddress(prefix, address)) ?? addresses[0] ?? onLinkHop).bytes;
}

const onLinkHop: Address = parseAddress(unspecifiedAddress[4]);

/** The next hop that a row of the classic functions means: an address of the interface itself is on-link, as in the table that they show. */
export function nextHopOf(owner: HostInterface, bytes: Uint8Array): Address {
  const nextHop: Address = { family: 4, bytes, scopeId: 0 };
  const itself = { family: 4, bytes, length: addressBits[4] } as const;
  return addressesOf(owner, 4).some(({ address }) => containsAddress(itself, address)) ? onLinkHop : nextHop;
}
