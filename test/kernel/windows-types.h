/*
 * The Windows x64 types of iphlpapi, declared here rather than taken from windows.h so that one source serves the Linux
 * build (gcc) and the Wine build (winelib), whose headers clash with the netlink ones. `layout.sh` proves the same offsets
 * against mingw-w64.
 *
 * WHERE THE RIG DIFFERS FROM WINDOWS
 * Table
 *  - Rows come from the Linux tables main (254) and local (255); rows of other tables, of type unreachable, blackhole,
 *    prohibit, throw or nat, with a type of service, with an IPv6 source prefix, without an interface, or IPv4 rows with
 *    an IPv6 gateway (RTA_VIA) are not shown. Writes go to main. Changing a row of table local answers 5.
 *  - Windows' per-interface rows 224.0.0.0/4 and 255.255.255.255/32 do not exist; the /32 of a subnet's broadcast address does.
 *  - Linux keeps the metric in the key, Windows does not: one key with several priorities is one row (the best), Set and
 *    Delete act on all of them.
 *  - Linux priority = route metric + interface metric. Rows made by others with a smaller priority read as metric 0.
 *  - Equal IPv6 next hops (same prefix and metric) all read with the protocol of the first, and stay in the table while one of
 *    their interfaces is down. The kernel tells nothing of an on-link hop in `ip -6 route add … nexthop dev X`,
 *    and its dump (`ip -6 route` too) leaves out an on-link row that stands between several next hops of the same prefix and metric.
 *  - An IPv4 multipath route made by another program shows as rows (also while an interface of one hop is down), but Set and
 *    Delete of such a row answer 50.
 *  - What the rig would answer during a storm of foreign route changes that outlasts four readings of the table may lack rows.
 *  - Publish, Autoconfigure, Loopback, Immortal and SitePrefixLength are not kept: on reading Loopback is TRUE for own
 *    addresses, Autoconfigure for DHCP and router advertisement, Immortal for an infinite lifetime, the others 0. Age is 0.
 *  - A finite ValidLifetime is kept for IPv6 (RTA_EXPIRES) and answers 50 for IPv4. PreferredLifetime reads as ValidLifetime.
 *  - SitePrefixLength 255 (what InitializeIpForwardEntry leaves) is accepted as "not given", as WireGuard and Mullvad rely on.
 *  - A next hop that no on-link route covers is accepted (RTNH_F_ONLINK); one that is not a unicast address answers 87.
 *  - An IPv6 Set that keeps the metric but changes protocol or lifetime of one of several equal next hops deletes before
 *    it creates; every other Set creates before it deletes.
 *  - A route on an interface that is down answers 1168; taking an interface down removes its routes (they do not come back).
 *  - GetBestRoute and GetBestRoute2 answer 1231 (ERROR_NETWORK_UNREACHABLE) without a route; policy rules count.
 * Interfaces
 *  - Interface metrics live in this process: 25 (75 for loopback), RIG_INTERFACE_METRICS, or SetIpInterfaceEntry, which
 *    rewrites the priorities of the routes on the interface, so that their own metrics stay.
 *  - The alias is the Linux name, the GUID is derived from index and name, the LUID is (type, index).
 *  - Statistics counters and link speeds are 0, most other MIB_IPINTERFACE_ROW members too.
 * Neighbours
 *  - ResolveIpNetEntry2 needs CAP_NET_ADMIN (5 without), looks at the source address only to compare families, does not know own addresses, and
 *    answers for interfaces without ARP (tunnels) without asking anybody. Nobody answers: 67, after some 3 s.
 * Notifications
 *  - A changed metric is one Parameter notification, given when the best priority of a key changes.
 *  - After an overrun of the socket, or a link or address event (IPv4 drops routes without telling), the table is read
 *    again and the differences are delivered; between two readings intermediate states may be skipped or repeated.
 *  - Cancel from inside the callback answers 1131 (ERROR_POSSIBLE_DEADLOCK); Windows would hang.
 *  - Switching IPv6 off on an interface by sysctl is not told by NotifyIpInterfaceChange unless a link event follows.
 * Process
 *  - The namespace is that of the thread that makes the first call.
 *  - Privilege is what the kernel says (CAP_NET_ADMIN); EPERM and EACCES answer 5.
 */
#ifndef RIG_WINDOWS_TYPES_H
#define RIG_WINDOWS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t BOOLEAN;
typedef int32_t BOOL;
typedef uint32_t DWORD;
typedef uint32_t ULONG;
typedef uint16_t WCHAR;
typedef uint64_t NET_LUID;
typedef uint32_t NET_IFINDEX;
typedef void *HANDLE;

typedef struct { uint32_t Data1; uint16_t Data2, Data3; uint8_t Data4[8]; } GUID;

enum {
  NO_ERROR = 0,
  ERROR_FILE_NOT_FOUND = 2,
  ERROR_ACCESS_DENIED = 5,
  ERROR_NOT_ENOUGH_MEMORY = 8,
  ERROR_GEN_FAILURE = 31,
  ERROR_NOT_SUPPORTED = 50,
  ERROR_BAD_NET_NAME = 67,
  ERROR_INVALID_PARAMETER = 87,
  ERROR_INSUFFICIENT_BUFFER = 122,
  ERROR_BAD_ARGUMENTS = 160,
  ERROR_NO_DATA = 232,
  ERROR_POSSIBLE_DEADLOCK = 1131,
  ERROR_NOT_FOUND = 1168,
  ERROR_NETWORK_UNREACHABLE = 1231,
  ERROR_OBJECT_ALREADY_EXISTS = 5010,
};

enum { WIN_AF_UNSPEC = 0, WIN_AF_INET = 2, WIN_AF_INET6 = 23 };
enum { IF_TYPE_ETHERNET = 6, IF_TYPE_LOOPBACK = 24, IF_TYPE_TUNNEL = 131 };
enum { MIB_IPROUTE_TYPE_DIRECT = 3, MIB_IPROUTE_TYPE_INDIRECT = 4 };
enum { PROTOCOL_LOCAL = 2, PROTOCOL_NETMGMT = 3, PROTOCOL_ICMP = 4, PROTOCOL_DHCP = 19 };
enum { ORIGIN_MANUAL = 0, ORIGIN_WELL_KNOWN = 1, ORIGIN_DHCP = 2, ORIGIN_ROUTER_ADVERTISEMENT = 3 };
enum { NOTIFY_PARAMETER = 0, NOTIFY_ADD = 1, NOTIFY_DELETE = 2, NOTIFY_INITIAL = 3 };
enum { NEIGHBOUR_REACHABLE = 5, NEIGHBOUR_PERMANENT = 6 };
#define LIFETIME_INFINITE 0xffffffffu

typedef struct {
  uint32_t Dest, Mask, Policy, NextHop, IfIndex, Type, Proto, Age, NextHopAS;
  uint32_t Metric1, Metric2, Metric3, Metric4, Metric5;
} MIB_IPFORWARDROW;
typedef struct { uint32_t NumEntries; MIB_IPFORWARDROW Table[1]; } MIB_IPFORWARDTABLE;

typedef struct {
  uint16_t Family, Port;
  union {
    uint8_t V4[4];
    struct { uint32_t FlowInfo; uint8_t Address[16]; uint32_t ScopeId; } V6;
  };
} SOCKADDR_INET;
typedef struct { SOCKADDR_INET Prefix; uint8_t PrefixLength; uint8_t Padding[3]; } IP_ADDRESS_PREFIX;

typedef struct {
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  IP_ADDRESS_PREFIX DestinationPrefix;
  SOCKADDR_INET NextHop;
  uint8_t SitePrefixLength;
  uint32_t ValidLifetime, PreferredLifetime, Metric, Protocol;
  BOOLEAN Loopback, AutoconfigureAddress, Publish, Immortal;
  uint32_t Age, Origin;
} MIB_IPFORWARD_ROW2;
typedef struct { uint32_t NumEntries; uint32_t Padding; MIB_IPFORWARD_ROW2 Table[]; } MIB_IPFORWARD_TABLE2;

typedef struct {
  uint16_t Family;
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  uint32_t MaxReassemblySize;
  uint64_t InterfaceIdentifier;
  uint32_t MinRouterAdvertisementInterval, MaxRouterAdvertisementInterval;
  BOOLEAN AdvertisingEnabled, ForwardingEnabled, WeakHostSend, WeakHostReceive, UseAutomaticMetric;
  BOOLEAN UseNeighborUnreachabilityDetection, ManagedAddressConfigurationSupported;
  BOOLEAN OtherStatefulConfigurationSupported, AdvertiseDefaultRoute;
  int32_t RouterDiscoveryBehavior;
  uint32_t DadTransmits, BaseReachableTime, RetransmitTime, PathMtuDiscoveryTimeout;
  int32_t LinkLocalAddressBehavior;
  uint32_t LinkLocalAddressTimeout;
  uint32_t ZoneIndices[16];
  uint32_t SitePrefixLength, Metric, NlMtu;
  BOOLEAN Connected, SupportsWakeUpPatterns, SupportsNeighborDiscovery, SupportsRouterDiscovery;
  uint32_t ReachableTime;
  uint8_t TransmitOffload, ReceiveOffload;
  BOOLEAN DisableDefaultRoutes;
} MIB_IPINTERFACE_ROW;
typedef struct { uint32_t NumEntries; uint32_t Padding; MIB_IPINTERFACE_ROW Table[]; } MIB_IPINTERFACE_TABLE;

typedef struct {
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  GUID InterfaceGuid;
  WCHAR Alias[257], Description[257];
  uint32_t PhysicalAddressLength;
  uint8_t PhysicalAddress[32], PermanentPhysicalAddress[32];
  uint32_t Mtu, Type, TunnelType, MediaType, PhysicalMediumType, AccessType, DirectionType;
  uint8_t InterfaceAndOperStatusFlags;
  uint32_t OperStatus, AdminStatus, MediaConnectState;
  GUID NetworkGuid;
  uint32_t ConnectionType;
  uint64_t TransmitLinkSpeed, ReceiveLinkSpeed;
  uint64_t Counters[18];
} MIB_IF_ROW2;
typedef struct { uint32_t NumEntries; uint32_t Padding; MIB_IF_ROW2 Table[]; } MIB_IF_TABLE2;

typedef struct {
  SOCKADDR_INET Address;
  NET_LUID InterfaceLuid;
  NET_IFINDEX InterfaceIndex;
  uint32_t PrefixOrigin, SuffixOrigin, ValidLifetime, PreferredLifetime;
  uint8_t OnLinkPrefixLength;
  BOOLEAN SkipAsSource;
  int32_t DadState;
  uint32_t ScopeId;
  int64_t CreationTimeStamp;
} MIB_UNICASTIPADDRESS_ROW;
typedef struct { uint32_t NumEntries; uint32_t Padding; MIB_UNICASTIPADDRESS_ROW Table[]; } MIB_UNICASTIPADDRESS_TABLE;

typedef struct {
  SOCKADDR_INET Address;
  NET_IFINDEX InterfaceIndex;
  NET_LUID InterfaceLuid;
  uint8_t PhysicalAddress[32];
  uint32_t PhysicalAddressLength, State;
  uint8_t Flags;
  uint32_t ReachabilityTime;
} MIB_IPNET_ROW2;

#define PIN_SIZE(type, size) _Static_assert(sizeof(type) == (size), "sizeof " #type)
#define PIN(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member)

PIN_SIZE(MIB_IPFORWARDROW, 56);
PIN(MIB_IPFORWARDROW, IfIndex, 16);
PIN(MIB_IPFORWARDROW, Metric1, 36);
PIN(MIB_IPFORWARDTABLE, Table, 4);
PIN_SIZE(SOCKADDR_INET, 28);
PIN(SOCKADDR_INET, V4, 4);
PIN(SOCKADDR_INET, V6.Address, 8);
PIN(SOCKADDR_INET, V6.ScopeId, 24);
PIN_SIZE(IP_ADDRESS_PREFIX, 32);
PIN(IP_ADDRESS_PREFIX, PrefixLength, 28);
PIN_SIZE(MIB_IPFORWARD_ROW2, 104);
PIN(MIB_IPFORWARD_ROW2, DestinationPrefix, 12);
PIN(MIB_IPFORWARD_ROW2, NextHop, 44);
PIN(MIB_IPFORWARD_ROW2, SitePrefixLength, 72);
PIN(MIB_IPFORWARD_ROW2, ValidLifetime, 76);
PIN(MIB_IPFORWARD_ROW2, Metric, 84);
PIN(MIB_IPFORWARD_ROW2, Protocol, 88);
PIN(MIB_IPFORWARD_ROW2, Loopback, 92);
PIN(MIB_IPFORWARD_ROW2, Immortal, 95);
PIN(MIB_IPFORWARD_ROW2, Origin, 100);
PIN(MIB_IPFORWARD_TABLE2, Table, 8);
PIN_SIZE(MIB_IPINTERFACE_ROW, 168);
PIN(MIB_IPINTERFACE_ROW, InterfaceLuid, 8);
PIN(MIB_IPINTERFACE_ROW, ForwardingEnabled, 41);
PIN(MIB_IPINTERFACE_ROW, UseAutomaticMetric, 44);
PIN(MIB_IPINTERFACE_ROW, RouterDiscoveryBehavior, 52);
PIN(MIB_IPINTERFACE_ROW, ZoneIndices, 80);
PIN(MIB_IPINTERFACE_ROW, Metric, 148);
PIN(MIB_IPINTERFACE_ROW, NlMtu, 152);
PIN(MIB_IPINTERFACE_ROW, Connected, 156);
PIN(MIB_IPINTERFACE_ROW, DisableDefaultRoutes, 166);
PIN_SIZE(MIB_IF_ROW2, 1352);
PIN(MIB_IF_ROW2, InterfaceGuid, 12);
PIN(MIB_IF_ROW2, Alias, 28);
PIN(MIB_IF_ROW2, Description, 542);
PIN(MIB_IF_ROW2, PhysicalAddressLength, 1056);
PIN(MIB_IF_ROW2, Mtu, 1124);
PIN(MIB_IF_ROW2, Type, 1128);
PIN(MIB_IF_ROW2, InterfaceAndOperStatusFlags, 1152);
PIN(MIB_IF_ROW2, OperStatus, 1156);
PIN(MIB_IF_ROW2, TransmitLinkSpeed, 1192);
PIN_SIZE(MIB_UNICASTIPADDRESS_ROW, 80);
PIN(MIB_UNICASTIPADDRESS_ROW, InterfaceLuid, 32);
PIN(MIB_UNICASTIPADDRESS_ROW, OnLinkPrefixLength, 60);
PIN(MIB_UNICASTIPADDRESS_ROW, DadState, 64);
PIN(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp, 72);
PIN_SIZE(MIB_IPNET_ROW2, 88);
PIN(MIB_IPNET_ROW2, InterfaceLuid, 32);
PIN(MIB_IPNET_ROW2, PhysicalAddressLength, 72);
PIN(MIB_IPNET_ROW2, State, 76);
PIN(MIB_IPNET_ROW2, ReachabilityTime, 84);

#undef PIN
#undef PIN_SIZE

#endif
