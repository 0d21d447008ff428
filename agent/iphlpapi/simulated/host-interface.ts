import { type Address, type Family, parseAddress } from '../../../proto/address.js';
import { encodeGuid } from '../guid.js';
import type { AddressProfile, BindingProfile, ConfigurationOrigin, InterfaceProfile } from './host-profile.js';

/** A unicast address that an interface has. */
export interface HostAddress {
  readonly address: Address;
  readonly prefixLength: number;
  readonly origin: ConfigurationOrigin;
}

/** An interface as it is now. A change makes a new value. */
export interface HostInterface {
  /** As it was configured: what `bind` restores. */
  readonly profile: InterfaceProfile;
  readonly alias: string;
  readonly index: number;
  readonly luid: bigint;
  /** 16 bytes in the order of a GUID structure. */
  readonly guid: Uint8Array;
  readonly up: boolean;
  readonly enabled: boolean;
  readonly bindings: ReadonlyMap<Family, BindingProfile>;
  readonly addresses: readonly HostAddress[];
}

/** NET_LUID of an interface type and a NetLuidIndex. https://learn.microsoft.com/windows/win32/api/ifdef/ns-ifdef-net_luid_lh */
function netLuid(type: number, luidIndex: number): bigint {
  return (BigInt(type) << 48n) | (BigInt(luidIndex) << 24n);
}

/** The interface that a profile describes. */
export function hostInterface(profile: InterfaceProfile): HostInterface {
  const families = ([4, 6] as const).filter((family) => profile.status !== 'disabled' && profile.bindings[family]);
  return {
    profile,
    alias: profile.alias,
    index: profile.index,
    luid: netLuid(profile.type, profile.luidIndex),
    guid: encodeGuid(profile.guid),
    up: profile.status === 'up',
    enabled: profile.status !== 'disabled',
    bindings: new Map(families.map((family) => [family, profile.bindings[family] as BindingProfile])),
    addresses: profile.addresses.map((address) => hostAddress(address, profile.index)),
  };
}

function hostAddress({ address: text, origin }: AddressProfile, index: number): HostAddress {
  const [addressText = '', length] = text.split('/');
  const address = parseAddress(addressText);
  return { address: isLinkLocal(address) ? { ...address, scopeId: index } : address, prefixLength: Number(length), origin };
}

/** Whether the address is within fe80::/10. */
export function isLinkLocal({ family, bytes }: Address): boolean {
  return family === 6 && bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}

/** The addresses of a family that is bound. */
export function addressesOf(owner: HostInterface, family: Family): HostAddress[] {
  return owner.bindings.has(family) ? owner.addresses.filter(({ address }) => address.family === family) : [];
}
