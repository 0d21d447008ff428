/*
 * The truth about the Windows x64 layouts, from mingw-w64's headers. Nothing here runs: each size and offset becomes a line
 * of the compiler's assembler output, `layout <struct> <member> <number>`, which layout.sh turns into JSON.
 */
#define _WIN32_WINNT 0x0A00
#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>
#include <netioapi.h>
#include <winsvc.h>

#include <stddef.h>

#define LINE(struct_name, member, number) __asm__ volatile("#layout " struct_name " " member " %c0" : : "i"(number))
#define SIZE(type) LINE(#type, "size", sizeof(type))
#define AT(type, member) LINE(#type, #member, offsetof(type, member))

void layout(void) {
  SIZE(MIB_IPFORWARDROW);
  AT(MIB_IPFORWARDROW, dwForwardDest);
  AT(MIB_IPFORWARDROW, dwForwardMask);
  AT(MIB_IPFORWARDROW, dwForwardPolicy);
  AT(MIB_IPFORWARDROW, dwForwardNextHop);
  AT(MIB_IPFORWARDROW, dwForwardIfIndex);
  AT(MIB_IPFORWARDROW, dwForwardType);
  AT(MIB_IPFORWARDROW, dwForwardProto);
  AT(MIB_IPFORWARDROW, dwForwardAge);
  AT(MIB_IPFORWARDROW, dwForwardNextHopAS);
  AT(MIB_IPFORWARDROW, dwForwardMetric1);
  AT(MIB_IPFORWARDROW, dwForwardMetric2);
  AT(MIB_IPFORWARDROW, dwForwardMetric3);
  AT(MIB_IPFORWARDROW, dwForwardMetric4);
  AT(MIB_IPFORWARDROW, dwForwardMetric5);

  SIZE(MIB_IPFORWARDTABLE);
  AT(MIB_IPFORWARDTABLE, dwNumEntries);
  AT(MIB_IPFORWARDTABLE, table);

  SIZE(SOCKADDR_INET);
  AT(SOCKADDR_INET, si_family);
  AT(SOCKADDR_INET, Ipv4.sin_port);
  AT(SOCKADDR_INET, Ipv4.sin_addr);
  AT(SOCKADDR_INET, Ipv6.sin6_port);
  AT(SOCKADDR_INET, Ipv6.sin6_flowinfo);
  AT(SOCKADDR_INET, Ipv6.sin6_addr);
  AT(SOCKADDR_INET, Ipv6.sin6_scope_id);

  SIZE(IP_ADDRESS_PREFIX);
  AT(IP_ADDRESS_PREFIX, Prefix);
  AT(IP_ADDRESS_PREFIX, PrefixLength);

  SIZE(MIB_IPFORWARD_ROW2);
  AT(MIB_IPFORWARD_ROW2, InterfaceLuid);
  AT(MIB_IPFORWARD_ROW2, InterfaceIndex);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.Prefix);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.Prefix.si_family);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.Prefix.Ipv4.sin_addr);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.Prefix.Ipv6.sin6_addr);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.Prefix.Ipv6.sin6_scope_id);
  AT(MIB_IPFORWARD_ROW2, DestinationPrefix.PrefixLength);
  AT(MIB_IPFORWARD_ROW2, NextHop);
  AT(MIB_IPFORWARD_ROW2, NextHop.si_family);
  AT(MIB_IPFORWARD_ROW2, NextHop.Ipv4.sin_addr);
  AT(MIB_IPFORWARD_ROW2, NextHop.Ipv6.sin6_addr);
  AT(MIB_IPFORWARD_ROW2, NextHop.Ipv6.sin6_scope_id);
  AT(MIB_IPFORWARD_ROW2, SitePrefixLength);
  AT(MIB_IPFORWARD_ROW2, ValidLifetime);
  AT(MIB_IPFORWARD_ROW2, PreferredLifetime);
  AT(MIB_IPFORWARD_ROW2, Metric);
  AT(MIB_IPFORWARD_ROW2, Protocol);
  AT(MIB_IPFORWARD_ROW2, Loopback);
  AT(MIB_IPFORWARD_ROW2, AutoconfigureAddress);
  AT(MIB_IPFORWARD_ROW2, Publish);
  AT(MIB_IPFORWARD_ROW2, Immortal);
  AT(MIB_IPFORWARD_ROW2, Age);
  AT(MIB_IPFORWARD_ROW2, Origin);

  SIZE(MIB_IPFORWARD_TABLE2);
  AT(MIB_IPFORWARD_TABLE2, NumEntries);
  AT(MIB_IPFORWARD_TABLE2, Table);

  SIZE(MIB_IPINTERFACE_ROW);
  AT(MIB_IPINTERFACE_ROW, Family);
  AT(MIB_IPINTERFACE_ROW, InterfaceLuid);
  AT(MIB_IPINTERFACE_ROW, InterfaceIndex);
  AT(MIB_IPINTERFACE_ROW, MaxReassemblySize);
  AT(MIB_IPINTERFACE_ROW, InterfaceIdentifier);
  AT(MIB_IPINTERFACE_ROW, MinRouterAdvertisementInterval);
  AT(MIB_IPINTERFACE_ROW, MaxRouterAdvertisementInterval);
  AT(MIB_IPINTERFACE_ROW, AdvertisingEnabled);
  AT(MIB_IPINTERFACE_ROW, ForwardingEnabled);
  AT(MIB_IPINTERFACE_ROW, WeakHostSend);
  AT(MIB_IPINTERFACE_ROW, WeakHostReceive);
  AT(MIB_IPINTERFACE_ROW, UseAutomaticMetric);
  AT(MIB_IPINTERFACE_ROW, UseNeighborUnreachabilityDetection);
  AT(MIB_IPINTERFACE_ROW, ManagedAddressConfigurationSupported);
  AT(MIB_IPINTERFACE_ROW, OtherStatefulConfigurationSupported);
  AT(MIB_IPINTERFACE_ROW, AdvertiseDefaultRoute);
  AT(MIB_IPINTERFACE_ROW, RouterDiscoveryBehavior);
  AT(MIB_IPINTERFACE_ROW, DadTransmits);
  AT(MIB_IPINTERFACE_ROW, BaseReachableTime);
  AT(MIB_IPINTERFACE_ROW, RetransmitTime);
  AT(MIB_IPINTERFACE_ROW, PathMtuDiscoveryTimeout);
  AT(MIB_IPINTERFACE_ROW, LinkLocalAddressBehavior);
  AT(MIB_IPINTERFACE_ROW, LinkLocalAddressTimeout);
  AT(MIB_IPINTERFACE_ROW, ZoneIndices);
  AT(MIB_IPINTERFACE_ROW, SitePrefixLength);
  AT(MIB_IPINTERFACE_ROW, Metric);
  AT(MIB_IPINTERFACE_ROW, NlMtu);
  AT(MIB_IPINTERFACE_ROW, Connected);
  AT(MIB_IPINTERFACE_ROW, SupportsWakeUpPatterns);
  AT(MIB_IPINTERFACE_ROW, SupportsNeighborDiscovery);
  AT(MIB_IPINTERFACE_ROW, SupportsRouterDiscovery);
  AT(MIB_IPINTERFACE_ROW, ReachableTime);
  AT(MIB_IPINTERFACE_ROW, TransmitOffload);
  AT(MIB_IPINTERFACE_ROW, ReceiveOffload);
  AT(MIB_IPINTERFACE_ROW, DisableDefaultRoutes);

  SIZE(MIB_IPINTERFACE_TABLE);
  AT(MIB_IPINTERFACE_TABLE, NumEntries);
  AT(MIB_IPINTERFACE_TABLE, Table);

  SIZE(MIB_IF_ROW2);
  AT(MIB_IF_ROW2, InterfaceLuid);
  AT(MIB_IF_ROW2, InterfaceIndex);
  AT(MIB_IF_ROW2, InterfaceGuid);
  AT(MIB_IF_ROW2, Alias);
  AT(MIB_IF_ROW2, Description);
  AT(MIB_IF_ROW2, PhysicalAddressLength);
  AT(MIB_IF_ROW2, PhysicalAddress);
  AT(MIB_IF_ROW2, PermanentPhysicalAddress);
  AT(MIB_IF_ROW2, Mtu);
  AT(MIB_IF_ROW2, Type);
  AT(MIB_IF_ROW2, TunnelType);
  AT(MIB_IF_ROW2, MediaType);
  AT(MIB_IF_ROW2, PhysicalMediumType);
  AT(MIB_IF_ROW2, AccessType);
  AT(MIB_IF_ROW2, DirectionType);
  AT(MIB_IF_ROW2, InterfaceAndOperStatusFlags);
  AT(MIB_IF_ROW2, OperStatus);
  AT(MIB_IF_ROW2, AdminStatus);
  AT(MIB_IF_ROW2, MediaConnectState);
  AT(MIB_IF_ROW2, NetworkGuid);
  AT(MIB_IF_ROW2, ConnectionType);
  AT(MIB_IF_ROW2, TransmitLinkSpeed);
  AT(MIB_IF_ROW2, ReceiveLinkSpeed);

  SIZE(MIB_IF_TABLE2);
  AT(MIB_IF_TABLE2, NumEntries);
  AT(MIB_IF_TABLE2, Table);

  SIZE(MIB_UNICASTIPADDRESS_ROW);
  AT(MIB_UNICASTIPADDRESS_ROW, Address);
  AT(MIB_UNICASTIPADDRESS_ROW, InterfaceLuid);
  AT(MIB_UNICASTIPADDRESS_ROW, InterfaceIndex);
  AT(MIB_UNICASTIPADDRESS_ROW, PrefixOrigin);
  AT(MIB_UNICASTIPADDRESS_ROW, SuffixOrigin);
  AT(MIB_UNICASTIPADDRESS_ROW, ValidLifetime);
  AT(MIB_UNICASTIPADDRESS_ROW, PreferredLifetime);
  AT(MIB_UNICASTIPADDRESS_ROW, OnLinkPrefixLength);
  AT(MIB_UNICASTIPADDRESS_ROW, SkipAsSource);
  AT(MIB_UNICASTIPADDRESS_ROW, DadState);
  AT(MIB_UNICASTIPADDRESS_ROW, ScopeId);
  AT(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp);

  SIZE(MIB_IPNET_ROW2);
  AT(MIB_IPNET_ROW2, Address);
  AT(MIB_IPNET_ROW2, InterfaceIndex);
  AT(MIB_IPNET_ROW2, InterfaceLuid);
  AT(MIB_IPNET_ROW2, PhysicalAddress);
  AT(MIB_IPNET_ROW2, PhysicalAddressLength);
  AT(MIB_IPNET_ROW2, State);
  AT(MIB_IPNET_ROW2, Flags);
  AT(MIB_IPNET_ROW2, ReachabilityTime);

  SIZE(MIB_UNICASTIPADDRESS_TABLE);
  AT(MIB_UNICASTIPADDRESS_TABLE, NumEntries);
  AT(MIB_UNICASTIPADDRESS_TABLE, Table);

  SIZE(NET_LUID);
  AT(NET_LUID, Value);

  SIZE(SERVICE_STATUS);
  AT(SERVICE_STATUS, dwServiceType);
  AT(SERVICE_STATUS, dwCurrentState);
  AT(SERVICE_STATUS, dwControlsAccepted);
  AT(SERVICE_STATUS, dwWin32ExitCode);
  AT(SERVICE_STATUS, dwServiceSpecificExitCode);
  AT(SERVICE_STATUS, dwCheckPoint);
  AT(SERVICE_STATUS, dwWaitHint);

  SIZE(SERVICE_STATUS_PROCESS);
  AT(SERVICE_STATUS_PROCESS, dwServiceType);
  AT(SERVICE_STATUS_PROCESS, dwCurrentState);
  AT(SERVICE_STATUS_PROCESS, dwControlsAccepted);
  AT(SERVICE_STATUS_PROCESS, dwWin32ExitCode);
  AT(SERVICE_STATUS_PROCESS, dwServiceSpecificExitCode);
  AT(SERVICE_STATUS_PROCESS, dwCheckPoint);
  AT(SERVICE_STATUS_PROCESS, dwWaitHint);
  AT(SERVICE_STATUS_PROCESS, dwProcessId);
  AT(SERVICE_STATUS_PROCESS, dwServiceFlags);

  SIZE(SERVICE_TABLE_ENTRYW);
  AT(SERVICE_TABLE_ENTRYW, lpServiceName);
  AT(SERVICE_TABLE_ENTRYW, lpServiceProc);

  SIZE(SERVICE_DESCRIPTIONW);
  AT(SERVICE_DESCRIPTIONW, lpDescription);

  SIZE(SC_ACTION);
  AT(SC_ACTION, Type);
  AT(SC_ACTION, Delay);

  SIZE(SERVICE_FAILURE_ACTIONSW);
  AT(SERVICE_FAILURE_ACTIONSW, dwResetPeriod);
  AT(SERVICE_FAILURE_ACTIONSW, lpRebootMsg);
  AT(SERVICE_FAILURE_ACTIONSW, lpCommand);
  AT(SERVICE_FAILURE_ACTIONSW, cActions);
  AT(SERVICE_FAILURE_ACTIONSW, lpsaActions);

  SIZE(SERVICE_DELAYED_AUTO_START_INFO);
  AT(SERVICE_DELAYED_AUTO_START_INFO, fDelayedAutostart);

  SIZE(SERVICE_FAILURE_ACTIONS_FLAG);
  AT(SERVICE_FAILURE_ACTIONS_FLAG, fFailureActionsOnNonCrashFailures);

  SIZE(SERVICE_SID_INFO);
  AT(SERVICE_SID_INFO, dwServiceSidType);

  SIZE(SERVICE_PRESHUTDOWN_INFO);
  AT(SERVICE_PRESHUTDOWN_INFO, dwPreshutdownTimeout);

  SIZE(SECURITY_ATTRIBUTES);
  AT(SECURITY_ATTRIBUTES, nLength);
  AT(SECURITY_ATTRIBUTES, lpSecurityDescriptor);
  AT(SECURITY_ATTRIBUTES, bInheritHandle);

  SIZE(SECURITY_DESCRIPTOR_RELATIVE);
  AT(SECURITY_DESCRIPTOR_RELATIVE, Control);
  AT(SECURITY_DESCRIPTOR_RELATIVE, Owner);
  AT(SECURITY_DESCRIPTOR_RELATIVE, Dacl);

  SIZE(ACL);
  AT(ACL, AceCount);

  AT(ACCESS_ALLOWED_ACE, Header.AceType);
  AT(ACCESS_ALLOWED_ACE, Header.AceFlags);
  AT(ACCESS_ALLOWED_ACE, Header.AceSize);
  AT(ACCESS_ALLOWED_ACE, Mask);
  AT(ACCESS_ALLOWED_ACE, SidStart);

  AT(SID, SubAuthorityCount);
  AT(SID, IdentifierAuthority);
  AT(SID, SubAuthority);
}
