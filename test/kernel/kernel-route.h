/* One next hop of one Linux route, as Windows would call it a row, and the messages that carry it. */
#ifndef RIG_KERNEL_ROUTE_H
#define RIG_KERNEL_ROUTE_H

#include "netlink.h"

#define EXPIRES_NEVER 0u

struct kernel_route {
  uint8_t family; /* AF_INET or AF_INET6 of Linux */
  uint8_t prefix_length, type, scope, protocol;
  bool multipath; /* one of several hops of one IPv4 route object: cannot be changed alone */
  bool repeated;  /* seen more than once: Linux takes the same IPv6 on-link route several times; not part of the identity */
  uint32_t table, priority;
  uint32_t interface_index; /* 0: Windows has no such row, but a replacement may concern it (a blackhole, for example) */
  uint32_t expires_at; /* seconds of the monotonic clock, or EXPIRES_NEVER; not part of the identity */
  uint8_t destination[16], next_hop[16], preferred_source[16]; /* unused bytes are 0 */
};

typedef void (*kernel_route_visit)(const struct kernel_route *route, void *context);

/* Visits each hop of a route message of table main or local, also those that Windows has no row for (windows-types.h). */
void kernel_route_parse(const struct nlmsghdr *message, kernel_route_visit visit, void *context);

bool kernel_route_same_prefix(const struct kernel_route *a, const struct kernel_route *b);
/* Prefix, interface and next hop: what Windows calls the same row. */
bool kernel_route_same_key(const struct kernel_route *a, const struct kernel_route *b);
/* All that Linux tells apart. IPv6 holds a prefix, metric and next hop once, whatever the protocol, and shows the protocol of
 * the first of equal next hops for all of them. */
bool kernel_route_identical(const struct kernel_route *a, const struct kernel_route *b);
/* Which of two rows of one key is shown: the better priority; the protocol only makes the choice the same everywhere. */
bool kernel_route_better(const struct kernel_route *a, const struct kernel_route *b);
bool kernel_route_is_row(const struct kernel_route *route);
bool kernel_route_on_link(const struct kernel_route *route);

size_t address_size(uint8_t family);
uint32_t monotonic_seconds(void);

/*
 * Dumps the routes of a family (AF_UNSPEC: both) of this namespace. A route dump in several parts can leave out rows when
 * others change meanwhile, and the kernel does not flag it (as it does for links): while there are changes, the dump is
 * repeated a few times. Returns 1 when the last one was not undisturbed either.
 */
int kernel_routes_dump(uint8_t family, kernel_route_visit visit, void (*restart)(void *context), void *context);
int kernel_route_add(struct netlink_socket *socket, const struct kernel_route *route, uint16_t flags);
int kernel_route_delete(struct netlink_socket *socket, const struct kernel_route *route);

#endif
