#include "links.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h> /* also linux/if.h, which clashes with net/if.h */
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "interface-metric.h"
#include "netlink.h"

int family_slot(uint8_t family) { return family == AF_INET ? FAMILY_V4 : FAMILY_V6; }

NET_LUID link_luid(const struct link *link) {
  return (NET_LUID)link->type << 48 | (NET_LUID)(link->index & 0xffffff) << 24;
}

static void *append(void **items, size_t *count, size_t *capacity, size_t size) {
  if (*count == *capacity) {
    size_t wanted = *capacity ? *capacity * 2 : 16;
    void *larger = realloc(*items, wanted * size);
    if (!larger) return NULL;
    *items = larger;
    *capacity = wanted;
  }
  return memset((uint8_t *)*items + (*count)++ * size, 0, size);
}

static void copy_text(char *target, size_t size, const struct rtattr *attribute) {
  if (!attribute) return;
  size_t length = RTA_PAYLOAD(attribute);
  if (length >= size) length = size - 1;
  memcpy(target, RTA_DATA(attribute), length);
  target[length] = 0;
}

/* Element `number` of a family's array of interface settings; the arrays grow with kernels, hence the check. */
static int32_t setting(const struct rtattr *array, unsigned number) {
  int32_t value = 0;
  if (array && RTA_PAYLOAD(array) >= (number + 1) * sizeof value)
    memcpy(&value, (const uint8_t *)RTA_DATA(array) + number * sizeof value, sizeof value);
  return value;
}

static void read_families(struct link *link, const struct rtattr *specifics) {
  const struct rtattr *families[AF_INET6 + 1] = {0}, *found[IFLA_INET6_MAX + 1];
  if (specifics) attributes_parse(RTA_DATA(specifics), RTA_PAYLOAD(specifics), families, AF_INET6);
  if (families[AF_INET]) {
    attributes_parse(RTA_DATA(families[AF_INET]), RTA_PAYLOAD(families[AF_INET]), found, IFLA_INET_MAX);
    /* IFLA_INET_CONF counts from 1 inside, so the value of IPV4_DEVCONF_X is element X - 1. */
    link->families[FAMILY_V4].bound = true;
    link->families[FAMILY_V4].forwarding = setting(found[IFLA_INET_CONF], IPV4_DEVCONF_FORWARDING - 1);
    link->families[FAMILY_V4].mtu = link->mtu;
  }
  if (families[AF_INET6]) {
    attributes_parse(RTA_DATA(families[AF_INET6]), RTA_PAYLOAD(families[AF_INET6]), found, IFLA_INET6_MAX);
    link->families[FAMILY_V6].bound = !setting(found[IFLA_INET6_CONF], DEVCONF_DISABLE_IPV6);
    link->families[FAMILY_V6].forwarding = setting(found[IFLA_INET6_CONF], DEVCONF_FORWARDING);
    link->families[FAMILY_V6].mtu = (uint32_t)setting(found[IFLA_INET6_CONF], DEVCONF_MTU6);
  }
}

static uint32_t windows_type(uint16_t hardware) {
  switch (hardware) {
    case ARPHRD_LOOPBACK: return IF_TYPE_LOOPBACK;
    case ARPHRD_TUNNEL: case ARPHRD_TUNNEL6: case ARPHRD_SIT: case ARPHRD_IPGRE: return IF_TYPE_TUNNEL;
    default: return IF_TYPE_ETHERNET;
  }
}

static void visit_link(const struct nlmsghdr *message, void *context) {
  struct links *links = context;
  const struct ifinfomsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWLINK) return;
  struct link *link = append((void **)&links->links, &links->link_count, &links->link_capacity, sizeof *link);
  if (!link) {
    links->out_of_memory = true;
    return;
  }
  const struct rtattr *found[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
  attributes_parse(IFLA_RTA(header), IFLA_PAYLOAD(message), found, IFLA_MAX);
  link->index = (uint32_t)header->ifi_index;
  link->flags = header->ifi_flags;
  link->type = windows_type(header->ifi_type);
  link->mtu = attribute_u32(found[IFLA_MTU]);
  link->carrier = header->ifi_flags & IFF_UP && header->ifi_flags & IFF_RUNNING;
  copy_text(link->name, sizeof link->name, found[IFLA_IFNAME]);
  if (found[IFLA_OPERSTATE]) link->oper_state = *(const uint8_t *)RTA_DATA(found[IFLA_OPERSTATE]);
  if (found[IFLA_ADDRESS] && RTA_PAYLOAD(found[IFLA_ADDRESS]) <= sizeof link->physical) {
    link->physical_size = (uint8_t)RTA_PAYLOAD(found[IFLA_ADDRESS]);
    memcpy(link->physical, RTA_DATA(found[IFLA_ADDRESS]), link->physical_size);
  }
  if (found[IFLA_LINKINFO]) {
    attributes_parse(RTA_DATA(found[IFLA_LINKINFO]), RTA_PAYLOAD(found[IFLA_LINKINFO]), info, IFLA_INFO_MAX);
    copy_text(link->kind, sizeof link->kind, info[IFLA_INFO_KIND]);
  }
  read_families(link, found[IFLA_AF_SPEC]);
  for (int slot = 0; slot < FAMILY_COUNT; slot++) interface_metric_read(link, slot);
}

static void visit_address(const struct nlmsghdr *message, void *context) {
  struct links *links = context;
  const struct ifaddrmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWADDR || (header->ifa_family != AF_INET && header->ifa_family != AF_INET6)) return;
  struct address *address = append((void **)&links->addresses, &links->address_count, &links->address_capacity, sizeof *address);
  if (!address) {
    links->out_of_memory = true;
    return;
  }
  const struct rtattr *found[IFA_MAX + 1];
  attributes_parse(IFA_RTA(header), IFA_PAYLOAD(message), found, IFA_MAX);
  /* On a point-to-point IPv4 interface IFA_ADDRESS is the other end; IPv6 has IFA_LOCAL only there. */
  const struct rtattr *own = found[IFA_LOCAL] ? found[IFA_LOCAL] : found[IFA_ADDRESS];
  size_t size = header->ifa_family == AF_INET ? 4 : 16;
  if (own && RTA_PAYLOAD(own) >= size) memcpy(address->bytes, RTA_DATA(own), size);
  address->interface_index = header->ifa_index;
  address->family = header->ifa_family;
  address->prefix_length = header->ifa_prefixlen;
  address->scope = header->ifa_scope;
  address->flags = found[IFA_FLAGS] ? attribute_u32(found[IFA_FLAGS]) : header->ifa_flags;
  address->valid_seconds = address->preferred_seconds = LIFETIME_INFINITE;
  if (found[IFA_CACHEINFO] && RTA_PAYLOAD(found[IFA_CACHEINFO]) >= sizeof(struct ifa_cacheinfo)) {
    struct ifa_cacheinfo info;
    memcpy(&info, RTA_DATA(found[IFA_CACHEINFO]), sizeof info);
    address->valid_seconds = info.ifa_valid;
    address->preferred_seconds = info.ifa_prefered;
    address->created = info.cstamp;
  }
}

static void restart_links(void *context) { ((struct links *)context)->link_count = 0; }
static void restart_addresses(void *context) { ((struct links *)context)->address_count = 0; }

static int compare_links(const void *a, const void *b) {
  uint32_t x = ((const struct link *)a)->index, y = ((const struct link *)b)->index;
  return x < y ? -1 : x > y;
}

int links_load(struct links *links) {
  memset(links, 0, sizeof *links);
  struct netlink_message message;
  struct netlink_visitor visitor = {visit_link, restart_links, links};
  message_begin(&message, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
  message_put_u32(&message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  int error = netlink_dump(&message, &visitor);
  if (!error) {
    visitor.visit = visit_address;
    visitor.restart = restart_addresses;
    message_begin(&message, RTM_GETADDR, 0, sizeof(struct ifaddrmsg));
    error = netlink_dump(&message, &visitor);
  }
  if (!error && links->out_of_memory) error = -ENOMEM;
  if (error) links_free(links);
  else if (links->link_count) qsort(links->links, links->link_count, sizeof *links->links, compare_links);
  return error;
}

int links_copy(struct links *target, const struct links *source) {
  *target = *source;
  target->link_capacity = source->link_count;
  target->address_capacity = source->address_count;
  target->links = malloc((source->link_count + 1) * sizeof *target->links);
  target->addresses = malloc((source->address_count + 1) * sizeof *target->addresses);
  if (!target->links || !target->addresses) {
    links_free(target);
    return -ENOMEM;
  }
  if (source->link_count) memcpy(target->links, source->links, source->link_count * sizeof *target->links);
  if (source->address_count) memcpy(target->addresses, source->addresses, source->address_count * sizeof *target->addresses);
  return 0;
}

void links_free(struct links *links) {
  free(links->links);
  free(links->addresses);
  memset(links, 0, sizeof *links);
}

const struct link *links_find(const struct links *links, uint32_t index) {
  struct link wanted = {.index = index};
  return links->link_count ? bsearch(&wanted, links->links, links->link_count, sizeof wanted, compare_links) : NULL;
}

const struct link *links_find_luid(const struct links *links, NET_LUID luid) {
  const struct link *link = links_find(links, (uint32_t)(luid >> 24 & 0xffffff));
  return link && link_luid(link) == luid ? link : NULL;
}

const struct link *links_select(const struct links *links, NET_LUID luid, NET_IFINDEX index) {
  return luid ? links_find_luid(links, luid) : links_find(links, index);
}

bool links_own_ipv4(const struct links *links, uint32_t index, uint8_t address[4]) {
  for (size_t i = 0; i < links->address_count; i++) {
    const struct address *own = &links->addresses[i];
    if (own->interface_index != index || own->family != AF_INET) continue;
    memcpy(address, own->bytes, 4);
    return true;
  }
  return false;
}

bool links_is_own_ipv4(const struct links *links, uint32_t index, const uint8_t address[4]) {
  for (size_t i = 0; i < links->address_count; i++) {
    const struct address *own = &links->addresses[i];
    if (own->interface_index == index && own->family == AF_INET && !memcmp(own->bytes, address, 4)) return true;
  }
  return false;
}
