/* Between a Linux route and the rows of Windows: addresses, protocols, metrics. */
#ifndef RIG_ROW_CONVERT_H
#define RIG_ROW_CONVERT_H

#include "kernel-route.h"
#include "links.h"

/* Linux address family, or 0 for anything but AF_INET and AF_INET6 of Windows. */
uint8_t linux_family(uint16_t windows_family);
uint16_t windows_family(uint8_t linux_family);

void socket_address_write(SOCKADDR_INET *target, uint8_t linux_family, const uint8_t *bytes, uint32_t interface_index);

/* Prefix, interface and next hop only: what a notification carries. */
void row2_write_key(MIB_IPFORWARD_ROW2 *row, const struct kernel_route *route, const struct link *link);
void row2_write(MIB_IPFORWARD_ROW2 *row, const struct kernel_route *route, const struct link *link);
void classic_write(MIB_IPFORWARDROW *row, const struct kernel_route *route, const struct link *link, const struct links *links);

/* The key of a row as a unicast route of table main; a Win32 code when prefix or next hop is not valid. */
uint32_t row2_read_key(struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link);
uint32_t classic_read_key(struct kernel_route *route, const MIB_IPFORWARDROW *row, const struct links *links);

/* Whether all bits after the prefix length are zero. */
bool prefix_is_canonical(const uint8_t *bytes, uint8_t family, uint8_t length);

uint32_t windows_protocol(const struct kernel_route *route);
/* false when Windows would not take that protocol for a route. */
bool linux_protocol(uint32_t windows_protocol, uint8_t *protocol);

#endif
