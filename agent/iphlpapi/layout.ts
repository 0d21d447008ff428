/**
 * Layouts of the iphlpapi structures on 64-bit Windows: sizes and offsets in bytes, as the compiler lays out the SDK's headers.
 * test/kernel/layout.sh prints the same numbers from mingw-w64's headers.
 */

/** https://learn.microsoft.com/windows/win32/winsock/sockaddr-2 */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 23;

/** https://learn.microsoft.com/windows/win32/api/ipmib/ns-ipmib-mib_ipforwardrow */
export const MIB_IPFORWARDROW = {
  size: 56,
  dwForwardDest: 0,
  dwForwardMask: 4,
  dwForwardPolicy: 8,
  dwForwardNextHop: 12,
  dwForwardIfIndex: 16,
  dwForwardType: 20,
  dwForwardProto: 24,
  dwForwardAge: 28,
  dwForwardNextHopAS: 32,
  dwForwardMetric1: 36,
  dwForwardMetric2: 40,
  dwForwardMetric3: 44,
  dwForwardMetric4: 48,
  dwForwardMetric5: 52,
} as const;

/** https://learn.microsoft.com/windows/win32/api/ipmib/ns-ipmib-mib_ipforwardtable */
export const MIB_IPFORWARDTABLE = { dwNumEntries: 0, table: 4 } as const;

/** https://learn.microsoft.com/windows/win32/api/ws2ipdef/ns-ws2ipdef-sockaddr_inet */
export const SOCKADDR_INET = { size: 28, family: 0, ipv4Address: 4, ipv6Address: 8, ipv6ScopeId: 24 } as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-ip_address_prefix */
export const IP_ADDRESS_PREFIX = { size: 32, Prefix: 0, PrefixLength: 28 } as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipforward_row2 */
export const MIB_IPFORWARD_ROW2 = {
  size: 104,
  InterfaceLuid: 0,
  InterfaceIndex: 8,
  DestinationPrefix: 12,
  NextHop: 44,
  SitePrefixLength: 72,
  ValidLifetime: 76,
  PreferredLifetime: 80,
  Metric: 84,
  Protocol: 88,
  Loopback: 92,
  AutoconfigureAddress: 93,
  Publish: 94,
  Immortal: 95,
  Age: 96,
  Origin: 100,
} as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipinterface_row */
export const MIB_IPINTERFACE_ROW = {
  size: 168,
  Family: 0,
  InterfaceLuid: 8,
  InterfaceIndex: 16,
  ForwardingEnabled: 41,
  UseAutomaticMetric: 44,
  Metric: 148,
  NlMtu: 152,
  Connected: 156,
} as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_if_row2 */
export const MIB_IF_ROW2 = {
  size: 1352,
  InterfaceLuid: 0,
  InterfaceIndex: 8,
  InterfaceGuid: 12,
  /** WCHAR[257] */
  Alias: 28,
  /** WCHAR[257] */
  Description: 542,
  PhysicalAddressLength: 1056,
  PhysicalAddress: 1060,
  Mtu: 1124,
  Type: 1128,
  OperStatus: 1156,
  AdminStatus: 1160,
  TransmitLinkSpeed: 1192,
} as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipnet_row2 */
export const MIB_IPNET_ROW2 = {
  size: 88,
  Address: 0,
  InterfaceIndex: 28,
  InterfaceLuid: 32,
  /** UCHAR[32] */
  PhysicalAddress: 40,
  PhysicalAddressLength: 72,
  State: 76,
} as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_unicastipaddress_row */
export const MIB_UNICASTIPADDRESS_ROW = {
  size: 80,
  Address: 0,
  InterfaceLuid: 32,
  InterfaceIndex: 40,
  OnLinkPrefixLength: 60,
} as const;

/** MIB_IPFORWARD_TABLE2, MIB_IF_TABLE2, MIB_IPINTERFACE_TABLE and MIB_UNICASTIPADDRESS_TABLE begin alike. */
export const MIB_TABLE2 = { NumEntries: 0, Table: 8 } as const;

/** Length of Alias and Description in UTF-16 units: IF_MAX_STRING_SIZE and the end mark. */
export const IF_STRING_LENGTH = 257;

/** https://learn.microsoft.com/windows/win32/api/ifdef/ns-ifdef-net_luid_lh */
export function luidInterfaceType(luid: bigint): number {
  return Number(luid >> 48n);
}

/** A lifetime or age that never ends (INFINITE). */
export const INFINITE = 0xffff_ffff;

/** https://learn.microsoft.com/windows/win32/api/ipmib/ns-ipmib-mib_ipforwardrow (dwForwardType) */
export const MIB_IPROUTE_TYPE = { OTHER: 1, INVALID: 2, DIRECT: 3, INDIRECT: 4 } as const;

/** https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_neighbor_state */
export const NL_NEIGHBOR_STATE = { Unreachable: 0, Incomplete: 1, Probe: 2, Delay: 3, Stale: 4, Reachable: 5, Permanent: 6 } as const;

/** https://learn.microsoft.com/windows/win32/api/netioapi/ne-netioapi-mib_notification_type */
export const MIB_NOTIFICATION_TYPE = { ParameterNotification: 0, AddInstance: 1, DeleteInstance: 2, InitialNotification: 3 } as const;
