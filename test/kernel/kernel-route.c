#include "kernel-route.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { DUMP_ATTEMPTS = 4 };

static const uint8_t zero[16];

size_t address_size(uint8_t family) { return family == AF_INET ? 4 : 16; }

uint32_t monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)now.tv_sec + 1; /* never 0, which is EXPIRES_NEVER */
}

bool kernel_route_on_link(const struct kernel_route *route) { return !memcmp(route->next_hop, zero, sizeof zero); }

bool kernel_route_same_prefix(const struct kernel_route *a, const struct kernel_route *b) {
  return a->family == b->family && a->prefix_length == b->prefix_length &&
         !memcmp(a->destination, b->destination, sizeof a->destination);
}

bool kernel_route_same_key(const struct kernel_route *a, const struct kernel_route *b) {
  return kernel_route_same_prefix(a, b) && a->interface_index == b->interface_index &&
         !memcmp(a->next_hop, b->next_hop, sizeof a->next_hop);
}

bool kernel_route_identical(const struct kernel_route *a, const struct kernel_route *b) {
  if (!kernel_route_same_key(a, b) || a->table != b->table || a->priority != b->priority || a->type != b->type) return false;
  return a->family == AF_INET6 ||
         (a->scope == b->scope && a->protocol == b->protocol && a->multipath == b->multipath &&
          !memcmp(a->preferred_source, b->preferred_source, sizeof a->preferred_source));
}

bool kernel_route_is_row(const struct kernel_route *route) { return route->interface_index != 0; }

bool kernel_route_better(const struct kernel_route *a, const struct kernel_route *b) {
  return a->priority != b->priority ? a->priority < b->priority : a->protocol < b->protocol;
}

static void copy_address(uint8_t target[16], const struct rtattr *attribute, uint8_t family) {
  memset(target, 0, 16);
  size_t size = address_size(family);
  if (attribute && RTA_PAYLOAD(attribute) >= size) memcpy(target, RTA_DATA(attribute), size);
}

static bool concerns_us(const struct rtmsg *header) {
  if (header->rtm_family != AF_INET && header->rtm_family != AF_INET6) return false;
  return !header->rtm_tos && !header->rtm_src_len && !(header->rtm_flags & RTM_F_CLONED);
}

static bool type_is_shown(uint8_t type) {
  switch (type) {
    case RTN_UNICAST: case RTN_LOCAL: case RTN_BROADCAST: case RTN_ANYCAST: case RTN_MULTICAST: return true;
    default: return false;
  }
}

static void visit_hop(struct kernel_route route, const struct rtattr **found, uint32_t interface_index,
                      kernel_route_visit visit, void *context) {
  route.interface_index = type_is_shown(route.type) && !found[RTA_VIA] ? interface_index : 0;
  copy_address(route.next_hop, found[RTA_GATEWAY], route.family);
  visit(&route, context);
}

static void visit_hops(const struct kernel_route *route, const struct rtattr *hops, kernel_route_visit visit, void *context) {
  int left = (int)RTA_PAYLOAD(hops);
  for (const struct rtnexthop *hop = RTA_DATA(hops); RTNH_OK(hop, left);) {
    const struct rtattr *found[RTA_MAX + 1];
    attributes_parse(RTNH_DATA(hop), hop->rtnh_len - RTNH_LENGTH(0), found, RTA_MAX);
    visit_hop(*route, found, (uint32_t)hop->rtnh_ifindex, visit, context);
    left -= (int)RTNH_ALIGN(hop->rtnh_len);
    hop = RTNH_NEXT(hop);
  }
}

static uint32_t expiry(const struct rtattr *cache_info) {
  struct rta_cacheinfo info;
  if (!cache_info || RTA_PAYLOAD(cache_info) < sizeof info) return EXPIRES_NEVER;
  memcpy(&info, RTA_DATA(cache_info), sizeof info);
  /* In ticks of 1/100 s whatever the kernel's own rate is; 0 means never. */
  return info.rta_expires > 0 ? monotonic_seconds() + ((uint32_t)info.rta_expires + 99) / 100 : EXPIRES_NEVER;
}

void kernel_route_parse(const struct nlmsghdr *message, kernel_route_visit visit, void *context) {
  const struct rtmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_len < NLMSG_LENGTH(sizeof *header) || !concerns_us(header)) return;
  const struct rtattr *found[RTA_MAX + 1];
  attributes_parse(RTM_RTA(header), RTM_PAYLOAD(message), found, RTA_MAX);
  uint32_t table = found[RTA_TABLE] ? attribute_u32(found[RTA_TABLE]) : header->rtm_table;
  if (table != RT_TABLE_MAIN && table != RT_TABLE_LOCAL) return;
  struct kernel_route route = {
      .family = header->rtm_family,
      .prefix_length = header->rtm_dst_len,
      .type = header->rtm_type,
      .scope = header->rtm_scope,
      .protocol = header->rtm_protocol,
      .table = table,
      .priority = attribute_u32(found[RTA_PRIORITY]),
      .expires_at = expiry(found[RTA_CACHEINFO]),
  };
  copy_address(route.destination, found[RTA_DST], route.family);
  copy_address(route.preferred_source, found[RTA_PREFSRC], route.family);
  if (found[RTA_MULTIPATH]) {
    /* IPv6 siblings are routes of their own that the kernel shows together; IPv4 hops are parts of one route. */
    route.multipath = route.family == AF_INET;
    visit_hops(&route, found[RTA_MULTIPATH], visit, context);
  } else {
    visit_hop(route, found, attribute_u32(found[RTA_OIF]), visit, context);
  }
}

struct dump { kernel_route_visit visit; void (*restart)(void *context); void *context; };

static void visit_message(const struct nlmsghdr *message, void *context) {
  struct dump *dump = context;
  if (message->nlmsg_type == RTM_NEWROUTE) kernel_route_parse(message, dump->visit, dump->context);
}

static void restart_dump(void *context) {
  struct dump *dump = context;
  if (dump->restart) dump->restart(dump->context);
}

static int dump_once(uint8_t family, struct dump *dump) {
  struct netlink_visitor visitor = {visit_message, restart_dump, dump};
  struct netlink_message message;
  struct rtmsg *header = message_begin(&message, RTM_GETROUTE, 0, sizeof *header);
  header->rtm_family = family;
  int error = netlink_dump(&message, &visitor);
  return error == -EAFNOSUPPORT || error == -EOPNOTSUPP ? 0 : error; /* a kernel without that family has no routes of it */
}

static int dump_family(uint8_t family, struct dump *dump) {
  struct netlink_socket changes;
  int error = netlink_open(&changes, family == AF_INET ? RTMGRP_IPV4_ROUTE : RTMGRP_IPV6_ROUTE);
  if (error) return error;
  bool disturbed = true;
  for (int attempt = 0; !error && disturbed && attempt < DUMP_ATTEMPTS; attempt++) {
    if (attempt) restart_dump(dump);
    error = dump_once(family, dump);
    disturbed = netlink_saw_events(&changes);
  }
  netlink_close(&changes);
  return error ? error : disturbed;
}

int kernel_routes_dump(uint8_t family, kernel_route_visit visit, void (*restart)(void *context), void *context) {
  struct dump dump = {visit, restart, context};
  if (family != AF_UNSPEC) return dump_family(family, &dump);
  /* `restart` cannot know which of the two dumps begins again: callers that need it dump one family at a time. */
  int first = dump_family(AF_INET, &dump), second = first < 0 ? first : dump_family(AF_INET6, &dump);
  return second < 0 ? second : first | second;
}

static void begin_route(struct netlink_message *message, uint16_t type, uint16_t flags, const struct kernel_route *route) {
  struct rtmsg *header = message_begin(message, type, flags, sizeof *header);
  header->rtm_family = route->family;
  header->rtm_dst_len = route->prefix_length;
  header->rtm_table = (uint8_t)route->table;
  header->rtm_protocol = route->protocol;
  header->rtm_scope = route->scope;
  header->rtm_type = route->type;
  size_t size = address_size(route->family);
  if (route->prefix_length) message_put(message, RTA_DST, route->destination, size);
  if (memcmp(route->preferred_source, zero, sizeof zero)) message_put(message, RTA_PREFSRC, route->preferred_source, size);
  message_put_u32(message, RTA_OIF, route->interface_index);
  message_put_u32(message, RTA_PRIORITY, route->priority);
}

int kernel_route_add(struct netlink_socket *socket, const struct kernel_route *route, uint16_t flags) {
  int error = 0;
  for (int on_link_gateway = 0; on_link_gateway < 2; on_link_gateway++) {
    struct netlink_message message;
    begin_route(&message, RTM_NEWROUTE, flags, route);
    if (!kernel_route_on_link(route)) message_put(&message, RTA_GATEWAY, route->next_hop, address_size(route->family));
    if (route->expires_at) {
      uint32_t now = monotonic_seconds();
      message_put_u32(&message, RTA_EXPIRES, route->expires_at > now ? route->expires_at - now : 1);
    }
    /* Windows takes any next hop; Linux wants to be told when no route covers it. */
    if (on_link_gateway) ((struct rtmsg *)message.body)->rtm_flags = RTNH_F_ONLINK;
    error = netlink_request(socket, &message, NULL);
    if ((error != -ENETUNREACH && error != -EHOSTUNREACH) || kernel_route_on_link(route)) break;
  }
  return error == -ENETUNREACH || error == -EHOSTUNREACH ? -EINVAL : error;
}

int kernel_route_delete(struct netlink_socket *socket, const struct kernel_route *route) {
  struct netlink_message message;
  begin_route(&message, RTM_DELROUTE, 0, route);
  /* "Any": what was read may be that of another of equal next hops, and the rest names one route already. */
  if (route->family == AF_INET6) ((struct rtmsg *)message.body)->rtm_protocol = RTPROT_UNSPEC;
  /* IPv6 takes a missing gateway for "any, and all siblings"; the zero gateway is what names the on-link row. IPv4 takes a
   * zero one for missing, and tells on-link rows apart by their scope. */
  bool named = route->family == AF_INET6 || !kernel_route_on_link(route);
  if (named) message_put(&message, RTA_GATEWAY, route->next_hop, address_size(route->family));
  return netlink_request(socket, &message, NULL);
}
