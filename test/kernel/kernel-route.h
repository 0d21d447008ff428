/* One next hop of one Linux route, as Windows would call it a row, and the messages that carry it. */
#ifndef RIG_KERNEL_ROUTE_H
#define RIG_KERNEL_ROUTE_H

#include "netlink.h"

#define EXPIRES_NEVER 0u

struct kernel_route {
  uint8_t family; /* AF_INET or AF_INET6 of Linux */
  uint8_t prefix_length, type, scope, protocol;
  bool multipath; /* one of several hops of one IPv4 route object: cannot be changed alone */
  uint32_t table, priority, interface_index;
  uint32_t expires_at; /* seconds of the monotonic clock, or EXPIRES_NEVER; not part of the identity */
  uint8_t destination[16], next_hop[16], preferred_source[16]; /* unused bytes are 0 */
};

typedef void (*kernel_route_visit)(const struct kernel_route *route, void *context);

/* Visits each hop of a route message of table main or local; ignores what the rig does not show (windows-types.h). */
void kernel_route_parse(const struct nlmsghdr *message, kernel_route_visit visit, void *context);

bool kernel_route_same_prefix(const struct kernel_route *a, const struct kernel_route *b);
/* Prefix, interface and next hop: what Windows calls the same row. */
bool kernel_route_same_key(const struct kernel_route *a, const struct kernel_route *b);
/* All that Linux tells apart. */
bool kernel_route_identical(const struct kernel_route *a, const struct kernel_route *b);
bool kernel_route_on_link(const struct kernel_route *route);

size_t address_size(uint8_t family);
uint32_t monotonic_seconds(void);

/* Dumps the routes of a family (AF_UNSPEC: both) of this namespace. */
int kernel_routes_dump(uint8_t family, kernel_route_visit visit, void (*restart)(void *context), void *context);
int kernel_route_add(struct netlink_socket *socket, const struct kernel_route *route, uint16_t flags);
int kernel_route_delete(struct netlink_socket *socket, const struct kernel_route *route);

#endif
