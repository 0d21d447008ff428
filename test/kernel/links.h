/* A snapshot of the interfaces and addresses of the namespace, with the interface metrics that the rig keeps. */
#ifndef RIG_LINKS_H
#define RIG_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "windows-types.h"

enum { FAMILY_V4 = 0, FAMILY_V6 = 1, FAMILY_COUNT = 2 };

struct link_family { bool bound, forwarding, automatic_metric; uint32_t metric, mtu; };

struct link {
  uint32_t index, flags, mtu, type; /* `type` as IF_TYPE_ */
  uint8_t oper_state, physical_size, physical[32];
  bool carrier;
  char name[32], kind[32];
  struct link_family families[FAMILY_COUNT];
};

struct address {
  uint32_t interface_index, flags, valid_seconds, preferred_seconds, created;
  uint8_t family, prefix_length, scope, bytes[16];
};

struct links {
  struct link *links; /* sorted by index */
  size_t link_count, link_capacity;
  struct address *addresses;
  size_t address_count, address_capacity;
  bool out_of_memory;
};

int links_load(struct links *links);
int links_copy(struct links *target, const struct links *source);
void links_free(struct links *links);

const struct link *links_find(const struct links *links, uint32_t index);
const struct link *links_find_luid(const struct links *links, NET_LUID luid);
/* The rule of the …2 functions: a LUID that is not zero wins over the index. */
const struct link *links_select(const struct links *links, NET_LUID luid, NET_IFINDEX index);

NET_LUID link_luid(const struct link *link);
int family_slot(uint8_t family); /* FAMILY_V4 or FAMILY_V6 from AF_INET or AF_INET6 of Linux */

/* The address that a classic row shows as next hop of an on-link route; false when the interface has none. */
bool links_own_ipv4(const struct links *links, uint32_t index, uint8_t address[4]);
bool links_is_own_ipv4(const struct links *links, uint32_t index, const uint8_t address[4]);

#endif
