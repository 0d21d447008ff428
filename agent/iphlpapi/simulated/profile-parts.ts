import { type IphlpapiFunction, iphlpapiFunctions } from '../iphlpapi.js';
import type { AddressProfile, ConfigurationOrigin, InterfaceProfile, RouteProfile, SimulatedHostProfile } from './host-profile.js';

/** What tells one host of a profile from another. */
export interface HostIdentity {
  readonly hostName: string;
  /** 1 to 65,000: makes addresses, GUIDs and hardware addresses differ. */
  readonly hostNumber: number;
}

/** The first addresses of a network are its routers': host 1 has 10. */
export const FIRST_HOST = 10;

/** The host part of all addresses of a host. */
export function hostPart({ hostNumber }: HostIdentity): number {
  return hostNumber - 1 + FIRST_HOST;
}

/** What hosts have in common unless their profile says otherwise. */
export const commonHost: Pick<
  SimulatedHostProfile,
  'operatingSystem' | 'elevated' | 'transports' | 'persistentRoutes' | 'missing' | 'quirks'
> = {
  operatingSystem: 'Windows Server 2022 10.0.20348',
  elevated: true,
  transports: [4, 6],
  persistentRoutes: [],
  missing: [],
  quirks: { classicSetIgnoresMetric: false, stubWrites: false },
};

/** "Loopback Pseudo-Interface 1", as every host has it. */
export const loopback: InterfaceProfile = {
  alias: 'Loopback Pseudo-Interface 1',
  description: 'Software Loopback Interface 1',
  index: 1,
  luidIndex: 0,
  guid: '{D0A2C7B4-0C3B-11EC-A6F2-806E6F6E6963}',
  type: 24,
  mtu: 0xffff_ffff,
  transmitLinkSpeed: 1_073_741_824n,
  physicalAddress: '',
  status: 'up',
  addresses: [
    { address: '127.0.0.1/8', origin: 'wellKnown' },
    { address: '::1/128', origin: 'wellKnown' },
  ],
  bindings: {
    4: { metric: 75, automaticMetric: true, forwarding: false },
    6: { metric: 75, automaticMetric: true, forwarding: false },
  },
  singleSubInterface: true,
};

/** An Ethernet adapter at 1 Gbit/s, with the metric that Windows derives from it, and whatever is special about it. */
export function adapter(
  { hostNumber }: HostIdentity,
  members: Partial<InterfaceProfile> & Pick<InterfaceProfile, 'alias' | 'index' | 'luidIndex' | 'addresses'>,
): InterfaceProfile {
  const hostDigits = hostNumber.toString(16).padStart(4, '0');
  const adapterDigits = (members.luidIndex & 0xff).toString(16).padStart(2, '0');
  return {
    description: 'Intel(R) Ethernet Connection I219-LM',
    guid: `{6B29FC40-CA47-1067-B3${adapterDigits}-00DD0106${hostDigits}}`.toUpperCase(),
    type: 6,
    mtu: 1500,
    transmitLinkSpeed: 1_000_000_000n,
    physicalAddress: `00-15-5d-${hostDigits.slice(0, 2)}-${hostDigits.slice(2)}-${adapterDigits}`,
    status: 'up',
    bindings: {
      4: { metric: 25, automaticMetric: true, forwarding: false },
      6: { metric: 25, automaticMetric: true, forwarding: false },
    },
    singleSubInterface: true,
    ...members,
  };
}

/** "10.20" and host 1 of a /16 is "10.20.0.10/16". */
export function ipv4Address(
  network: string,
  host: HostIdentity,
  origin: ConfigurationOrigin = 'manual',
  prefixLength: number = 16,
): AddressProfile {
  const part = hostPart(host);
  return { address: `${network}.${part >> 8}.${part & 0xff}/${prefixLength}`, origin };
}

/** A link-local address that differs by host and adapter. */
export function linkLocalAddress(host: HostIdentity, adapterNumber: number): AddressProfile {
  return { address: `fe80::${hostPart(host).toString(16)}:${adapterNumber.toString(16)}/64`, origin: 'wellKnown' };
}

/** A route of the configuration, on-link unless it has a next hop. */
export function route(
  interfaceAlias: string,
  destinationPrefix: string,
  nextHop: string,
  members: Partial<Pick<RouteProfile, 'metric' | 'origin'>> = {},
): RouteProfile {
  return { interfaceAlias, destinationPrefix, nextHop, metric: 0, origin: 'manual', ...members };
}

/** The functions that systems before Windows Vista have. */
const classicFunctions: ReadonlySet<IphlpapiFunction> = new Set([
  'CreateIpForwardEntry',
  'DeleteIpForwardEntry',
  'GetBestRoute',
  'GetIpForwardTable',
  'SetIpForwardEntry',
]);

/** What a library with only the classic functions lacks. */
export const netioFunctions: readonly IphlpapiFunction[] = iphlpapiFunctions.filter((name) => !classicFunctions.has(name));
