import type { SimulatedHostProfile } from './host-profile.js';
import {
  adapter,
  commonHost,
  type HostIdentity,
  hostPart,
  ipv4Address,
  linkLocalAddress,
  loopback,
  netioFunctions,
  route,
} from './profile-parts.js';

/**
 * One Ethernet adapter with a default route by DHCP, one by router advertisement and one that somebody made with "route -p add"; Wi-Fi without a link.
 */
function office(host: HostIdentity): SimulatedHostProfile {
  return {
    ...commonHost,
    name: 'office',
    hostName: host.hostName,
    interfaces: [
      loopback,
      adapter(host, {
        alias: 'Ethernet',
        index: 12,
        luidIndex: 0x8001,
        addresses: [
          ipv4Address('10.20', host, 'dhcp'),
          { address: `2001:db8:20::${hostPart(host).toString(16)}/64`, origin: 'routerAdvertisement' },
          linkLocalAddress(host, 1),
        ],
      }),
      adapter(host, {
        alias: 'Wi-Fi',
        description: 'Intel(R) Wi-Fi 6 AX201 160MHz',
        index: 8,
        luidIndex: 0x8002,
        type: 71,
        transmitLinkSpeed: 0n,
        status: 'disconnected',
        addresses: [linkLocalAddress(host, 2)],
      }),
    ],
    routes: [
      route('Ethernet', '0.0.0.0/0', '10.20.0.1', { origin: 'dhcp' }),
      route('Ethernet', '::/0', 'fe80::1', { origin: 'routerAdvertisement', metric: 256 }),
      route('Ethernet', '192.168.50.0/24', '10.20.0.9', { metric: 1 }),
    ],
    persistentRoutes: ['192.168.50.0,255.255.255.0,10.20.0.9,1'],
  };
}

/** Two networks with static routes, and an adapter with an alias that is not ASCII. */
function datacenter(host: HostIdentity): SimulatedHostProfile {
  const tenGigabit = { metric: 15, automaticMetric: true, forwarding: false };
  return {
    ...commonHost,
    name: 'datacenter',
    hostName: host.hostName,
    interfaces: [
      loopback,
      adapter(host, {
        alias: 'Ethernet0',
        description: 'vmxnet3 Ethernet Adapter',
        index: 4,
        luidIndex: 0x8001,
        transmitLinkSpeed: 10_000_000_000n,
        addresses: [
          ipv4Address('10.30', host),
          { address: `2001:db8:30::${hostPart(host).toString(16)}/64`, origin: 'manual' },
          linkLocalAddress(host, 1),
        ],
        bindings: { 4: tenGigabit, 6: tenGigabit },
      }),
      adapter(host, {
        alias: 'Storage',
        description: 'Mellanox ConnectX-5 Adapter',
        index: 6,
        luidIndex: 0x8002,
        mtu: 9000,
        transmitLinkSpeed: 25_000_000_000n,
        addresses: [ipv4Address('10.40', host), linkLocalAddress(host, 2)],
        bindings: { 4: { metric: 50, automaticMetric: false, forwarding: false }, 6: tenGigabit },
      }),
      adapter(host, {
        alias: 'Réseau de gestion',
        index: 9,
        luidIndex: 0x8003,
        addresses: [ipv4Address('10.60', host), linkLocalAddress(host, 3)],
      }),
    ],
    routes: [
      route('Ethernet0', '0.0.0.0/0', '10.30.0.1', { metric: 1 }),
      route('Ethernet0', '::/0', '2001:db8:30::ffff', { metric: 1 }),
      route('Ethernet0', '172.16.0.0/12', '10.30.0.254', { metric: 5 }),
      route('Storage', '10.41.0.0/16', '10.40.0.1'),
      route('Storage', '10.42.0.0/16', '10.40.0.1', { metric: 10 }),
      route('Réseau de gestion', '192.168.100.0/24', '10.60.0.1'),
    ],
  };
}

/** A tunnel that takes the company's networks, with a metric below that of Ethernet, and IPv6 switched off on it. */
function branchVpn(host: HostIdentity): SimulatedHostProfile {
  return {
    ...commonHost,
    name: 'branch-vpn',
    hostName: host.hostName,
    interfaces: [
      loopback,
      adapter(host, {
        alias: 'Ethernet',
        index: 5,
        luidIndex: 0x8001,
        addresses: [ipv4Address('10.50', host, 'dhcp'), linkLocalAddress(host, 1)],
      }),
      adapter(host, {
        alias: 'Contoso VPN',
        description: 'Wintun Userspace Tunnel',
        index: 17,
        luidIndex: 0x8004,
        type: 131,
        mtu: 1420,
        transmitLinkSpeed: 100_000_000_000n,
        physicalAddress: '',
        addresses: [ipv4Address('100.64', host, 'manual', 32)],
        bindings: { 4: { metric: 5, automaticMetric: false, forwarding: false } },
      }),
    ],
    routes: [
      route('Ethernet', '0.0.0.0/0', '10.50.0.1', { origin: 'dhcp' }),
      route('Contoso VPN', '10.0.0.0/8', '0.0.0.0'),
      route('Contoso VPN', '172.16.0.0/12', '0.0.0.0'),
    ],
  };
}

/** No IPv6 stack at all (DisabledComponents). */
function ipv4Only(host: HostIdentity): SimulatedHostProfile {
  const bindings = { 4: { metric: 25, automaticMetric: true, forwarding: false } };
  return {
    ...commonHost,
    name: 'ipv4-only',
    hostName: host.hostName,
    transports: [4],
    interfaces: [
      { ...loopback, bindings: { 4: { metric: 75, automaticMetric: true, forwarding: false } } },
      adapter(host, { alias: 'Ethernet', index: 3, luidIndex: 0x8001, addresses: [ipv4Address('10.70', host)], bindings }),
    ],
    routes: [route('Ethernet', '0.0.0.0/0', '10.70.0.1')],
  };
}

/** Only the classic functions, as before Windows Vista. */
function legacy(host: HostIdentity): SimulatedHostProfile {
  return { ...ipv4Only(host), name: 'legacy', operatingSystem: 'Windows Server 2003 5.2.3790', missing: netioFunctions };
}

/** Name of a profile. */
export type ProfileName = 'office' | 'datacenter' | 'branch-vpn' | 'ipv4-only' | 'legacy';

const builders: Readonly<Record<ProfileName, (host: HostIdentity) => SimulatedHostProfile>> = {
  office,
  datacenter,
  'branch-vpn': branchVpn,
  'ipv4-only': ipv4Only,
  legacy,
};

/** One host of a profile; hosts with different numbers have different addresses, GUIDs and hardware addresses. */
export function hostProfile(name: ProfileName, { hostName = name, hostNumber = 1 }: Partial<HostIdentity> = {}): SimulatedHostProfile {
  if (!Number.isInteger(hostNumber) || hostNumber < 1 || hostNumber > 65_000) {
    throw new RangeError(`host number ${hostNumber} is not a whole number from 1 to 65000`);
  }
  return builders[name]({ hostName, hostNumber });
}

/** A host of each profile. */
export const profiles: Readonly<Record<ProfileName, SimulatedHostProfile>> = {
  office: hostProfile('office'),
  datacenter: hostProfile('datacenter'),
  'branch-vpn': hostProfile('branch-vpn'),
  'ipv4-only': hostProfile('ipv4-only'),
  legacy: hostProfile('legacy'),
};
