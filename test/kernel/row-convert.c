#include "row-convert.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

/* Numbers that no Linux daemon uses stand for what Linux has no name for (/etc/iproute2/rt_protos lists the others). */
enum { RIG_PROTOCOL_NETMGMT = 203, RIG_PROTOCOL_FIRST_OTHER = 204 };

/* The first entry for a number is the one used in that direction. */
static const struct { uint32_t windows; uint8_t linux_; } protocols[] = {
    {PROTOCOL_NETMGMT, RIG_PROTOCOL_NETMGMT},
    {PROTOCOL_NETMGMT, RTPROT_BOOT},
    {PROTOCOL_NETMGMT, RTPROT_STATIC},
    {PROTOCOL_NETMGMT, RTPROT_RA},
    {PROTOCOL_LOCAL, RIG_PROTOCOL_FIRST_OTHER},
    {PROTOCOL_LOCAL, RTPROT_KERNEL},
    {PROTOCOL_ICMP, RIG_PROTOCOL_FIRST_OTHER + 1},
    {PROTOCOL_ICMP, RTPROT_REDIRECT},
    {PROTOCOL_DHCP, RTPROT_DHCP},
    {8, RTPROT_RIP},
    {9, RTPROT_ISIS},
    {13, RTPROT_OSPF},
    {14, RTPROT_BGP},
    {16, RTPROT_EIGRP},
    {1, RIG_PROTOCOL_FIRST_OTHER + 2},
    {10002, RIG_PROTOCOL_FIRST_OTHER + 3},
    {10006, RIG_PROTOCOL_FIRST_OTHER + 4},
    {10007, RIG_PROTOCOL_FIRST_OTHER + 5},
};
enum { PROTOCOLS = sizeof protocols / sizeof *protocols, PROTOCOL_OTHER = 1 };

uint32_t windows_protocol(const struct kernel_route *route) {
  if (route->table == RT_TABLE_LOCAL) return PROTOCOL_LOCAL;
  for (size_t i = 0; i < PROTOCOLS; i++)
    if (protocols[i].linux_ == route->protocol) return protocols[i].windows;
  return PROTOCOL_OTHER;
}

bool linux_protocol(uint32_t windows, uint8_t *protocol) {
  for (size_t i = 0; i < PROTOCOLS; i++) {
    if (protocols[i].windows != windows) continue;
    *protocol = protocols[i].linux_;
    return true;
  }
  return false;
}

uint8_t linux_family(uint16_t family) {
  return family == WIN_AF_INET ? AF_INET : family == WIN_AF_INET6 ? AF_INET6 : 0;
}

uint16_t windows_family(uint8_t family) { return family == AF_INET ? WIN_AF_INET : WIN_AF_INET6; }

void socket_address_write(SOCKADDR_INET *target, uint8_t family, const uint8_t *bytes, uint32_t interface_index) {
  memset(target, 0, sizeof *target);
  target->Family = windows_family(family);
  if (family == AF_INET) {
    memcpy(target->V4, bytes, 4);
    return;
  }
  memcpy(target->V6.Address, bytes, 16);
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) target->V6.ScopeId = interface_index;
}

void row2_write_key(MIB_IPFORWARD_ROW2 *row, const struct kernel_route *route, const struct link *link) {
  memset(row, 0, sizeof *row);
  row->InterfaceLuid = link_luid(link);
  row->InterfaceIndex = link->index;
  /* The prefix carries no scope, as on Windows: the interface is in the row. */
  socket_address_write(&row->DestinationPrefix.Prefix, route->family, route->destination, 0);
  row->DestinationPrefix.PrefixLength = route->prefix_length;
  socket_address_write(&row->NextHop, route->family, route->next_hop, 0);
}

/* The route's own metric; what others made with less than the interface metric reads as 0. */
static uint32_t own_metric(const struct kernel_route *route, const struct link *link) {
  uint32_t interface_metric = link->families[family_slot(route->family)].metric;
  return route->priority > interface_metric ? route->priority - interface_metric : 0;
}

static uint32_t origin(const struct kernel_route *route) {
  if (route->protocol == RTPROT_DHCP) return ORIGIN_DHCP;
  if (route->protocol == RTPROT_RA) return ORIGIN_ROUTER_ADVERTISEMENT;
  bool kernel = route->protocol == RTPROT_KERNEL || route->table == RT_TABLE_LOCAL;
  bool link_local = route->family == AF_INET6 && route->destination[0] == 0xfe && (route->destination[1] & 0xc0) == 0x80;
  bool well_known = route->type == RTN_MULTICAST || link_local ||
                    (route->family == AF_INET && route->destination[0] == 127);
  return kernel && well_known ? ORIGIN_WELL_KNOWN : ORIGIN_MANUAL;
}

void row2_write(MIB_IPFORWARD_ROW2 *row, const struct kernel_route *route, const struct link *link) {
  row2_write_key(row, route, link);
  uint32_t now = monotonic_seconds();
  row->ValidLifetime = route->expires_at == EXPIRES_NEVER ? LIFETIME_INFINITE
                       : route->expires_at > now          ? route->expires_at - now
                                                          : 0;
  row->PreferredLifetime = row->ValidLifetime;
  row->Metric = own_metric(route, link);
  row->Protocol = windows_protocol(route);
  row->Loopback = route->type == RTN_LOCAL;
  row->AutoconfigureAddress = route->protocol == RTPROT_RA || route->protocol == RTPROT_DHCP;
  row->Immortal = row->ValidLifetime == LIFETIME_INFINITE;
  row->Origin = origin(route);
}

static uint32_t mask_of(uint8_t length) { return length ? htonl(0xffffffffu << (32 - length)) : 0; }

void classic_write(MIB_IPFORWARDROW *row, const struct kernel_route *route, const struct link *link, const struct links *links) {
  memset(row, 0, sizeof *row);
  memcpy(&row->Dest, route->destination, 4);
  row->Mask = mask_of(route->prefix_length);
  memcpy(&row->NextHop, route->next_hop, 4);
  row->IfIndex = link->index;
  row->Type = kernel_route_on_link(route) ? MIB_IPROUTE_TYPE_DIRECT : MIB_IPROUTE_TYPE_INDIRECT;
  if (kernel_route_on_link(route)) {
    uint8_t own[4] = {0};
    if (links_own_ipv4(links, link->index, own)) memcpy(&row->NextHop, own, 4);
    if (route->preferred_source[0]) memcpy(&row->NextHop, route->preferred_source, 4);
  }
  row->Proto = windows_protocol(route);
  /* The classic table counts DHCP among the network management ones (remarks of SetIpForwardEntry). */
  if (row->Proto == PROTOCOL_DHCP) row->Proto = PROTOCOL_NETMGMT;
  row->Metric1 = own_metric(route, link) + link->families[FAMILY_V4].metric;
  row->Metric2 = row->Metric3 = row->Metric4 = row->Metric5 = 0xffffffffu;
}

bool prefix_is_canonical(const uint8_t *bytes, uint8_t family, uint8_t length) {
  for (size_t bit = length; bit < address_size(family) * 8; bit++)
    if (bytes[bit / 8] & 0x80 >> bit % 8) return false;
  return true;
}

static void begin_key(struct kernel_route *route, uint8_t family, uint32_t interface_index) {
  *route = (struct kernel_route){
      .family = family, .type = RTN_UNICAST, .table = RT_TABLE_MAIN, .interface_index = interface_index,
      .protocol = RIG_PROTOCOL_NETMGMT};
}

/* Linux tells on-link IPv4 routes by their scope; IPv6 has none. */
static void set_scope(struct kernel_route *route) {
  route->scope = route->family == AF_INET && kernel_route_on_link(route) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

static const uint8_t *bytes_of(const SOCKADDR_INET *address) {
  return address->Family == WIN_AF_INET ? address->V4 : address->V6.Address;
}

uint32_t row2_read_key(struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  const SOCKADDR_INET *prefix = &row->DestinationPrefix.Prefix;
  uint8_t family = linux_family(prefix->Family), length = row->DestinationPrefix.PrefixLength;
  if (!family || row->NextHop.Family != prefix->Family || length > address_size(family) * 8) return ERROR_INVALID_PARAMETER;
  begin_key(route, family, link->index);
  memcpy(route->destination, bytes_of(prefix), address_size(family));
  memcpy(route->next_hop, bytes_of(&row->NextHop), address_size(family));
  route->prefix_length = length;
  set_scope(route);
  return prefix_is_canonical(route->destination, family, length) ? NO_ERROR : ERROR_INVALID_PARAMETER;
}

uint32_t classic_read_key(struct kernel_route *route, const MIB_IPFORWARDROW *row, const struct links *links) {
  begin_key(route, AF_INET, row->IfIndex);
  uint32_t mask = ntohl(row->Mask);
  if (~mask & (~mask + 1)) return ERROR_INVALID_PARAMETER; /* not ones followed by zeros */
  if (row->Dest & ~row->Mask) return ERROR_INVALID_PARAMETER;
  while (route->prefix_length < 32 && mask & 0x80000000u >> route->prefix_length) route->prefix_length++;
  memcpy(route->destination, &row->Dest, 4);
  memcpy(route->next_hop, &row->NextHop, 4);
  /* The classic table calls on-link by the interface's own address. */
  if (links_is_own_ipv4(links, row->IfIndex, route->next_hop)) memset(route->next_hop, 0, sizeof route->next_hop);
  set_scope(route);
  return NO_ERROR;
}
