/* Every function that the library exports, with the prototype of the page https://learn.microsoft.com/windows/win32/iphlp/. */
#ifndef RIG_EXPORTS_H
#define RIG_EXPORTS_H

#include "windows-types.h"

/* Under Wine the caller is Windows code, so entry points and callbacks use the Microsoft convention. */
#ifdef RIG_WINE
#define WINAPI __attribute__((ms_abi))
#else
#define WINAPI
#endif
#define RIG_EXPORT __attribute__((visibility("default")))
#define RIG_API RIG_EXPORT DWORD WINAPI

typedef void (WINAPI *RouteCallback)(void *context, MIB_IPFORWARD_ROW2 *row, int32_t type);
typedef void (WINAPI *InterfaceCallback)(void *context, MIB_IPINTERFACE_ROW *row, int32_t type);
typedef void (WINAPI *AddressCallback)(void *context, MIB_UNICASTIPADDRESS_ROW *row, int32_t type);

RIG_API CancelMibChangeNotify2(HANDLE handle);
RIG_API ConvertInterfaceAliasToLuid(const WCHAR *alias, NET_LUID *luid);
RIG_API ConvertInterfaceGuidToLuid(const GUID *guid, NET_LUID *luid);
RIG_API ConvertInterfaceIndexToLuid(NET_IFINDEX index, NET_LUID *luid);
RIG_API ConvertInterfaceLuidToAlias(const NET_LUID *luid, WCHAR *alias, size_t length);
RIG_API ConvertInterfaceLuidToGuid(const NET_LUID *luid, GUID *guid);
RIG_API ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *index);
RIG_API CreateIpForwardEntry(MIB_IPFORWARDROW *row);
RIG_API CreateIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row);
RIG_API DeleteIpForwardEntry(MIB_IPFORWARDROW *row);
RIG_API DeleteIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row);
RIG_EXPORT void WINAPI FreeMibTable(void *memory);
RIG_API GetBestRoute(DWORD destination, DWORD source, MIB_IPFORWARDROW *best);
RIG_API GetBestRoute2(NET_LUID *luid, NET_IFINDEX index, const SOCKADDR_INET *source, const SOCKADDR_INET *destination,
                      ULONG sort_options, MIB_IPFORWARD_ROW2 *best, SOCKADDR_INET *best_source);
RIG_API GetIfEntry2(MIB_IF_ROW2 *row);
RIG_API GetIfTable2(MIB_IF_TABLE2 **table);
RIG_API GetIpForwardEntry2(MIB_IPFORWARD_ROW2 *row);
RIG_API GetIpForwardTable(MIB_IPFORWARDTABLE *table, ULONG *size, BOOL order);
RIG_API GetIpForwardTable2(uint16_t family, MIB_IPFORWARD_TABLE2 **table);
RIG_API GetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row);
RIG_API GetIpInterfaceTable(uint16_t family, MIB_IPINTERFACE_TABLE **table);
RIG_API GetUnicastIpAddressTable(uint16_t family, MIB_UNICASTIPADDRESS_TABLE **table);
RIG_EXPORT void WINAPI InitializeIpForwardEntry(MIB_IPFORWARD_ROW2 *row);
RIG_EXPORT void WINAPI InitializeIpInterfaceEntry(MIB_IPINTERFACE_ROW *row);
RIG_API NotifyIpInterfaceChange(uint16_t family, InterfaceCallback callback, void *context, BOOLEAN initial, HANDLE *handle);
RIG_API NotifyRouteChange2(uint16_t family, RouteCallback callback, void *context, BOOLEAN initial, HANDLE *handle);
RIG_API NotifyUnicastIpAddressChange(uint16_t family, AddressCallback callback, void *context, BOOLEAN initial,
                                     HANDLE *handle);
RIG_API ResolveIpNetEntry2(MIB_IPNET_ROW2 *row, const SOCKADDR_INET *source);
RIG_API SetIpForwardEntry(MIB_IPFORWARDROW *row);
RIG_API SetIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row);
RIG_API SetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row);

/* Not of Windows: sets one of the RIG_ environment variables (NULL unsets it), reads all of them again, restarts counts. */
RIG_API RigConfigure(const char *name, const char *value);

#endif
