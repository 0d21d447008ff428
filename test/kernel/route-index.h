/*
 * All rows of tables main and local, in a hash by prefix, kept current by route events. Linux cannot be asked "which rows
 * have this prefix, interface and next hop, whatever their metric" without a dump, and notifications have to be told from
 * one another by what was there before.
 */
#ifndef RIG_ROUTE_INDEX_H
#define RIG_ROUTE_INDEX_H

#include "kernel-route.h"

struct route_node {
  struct route_node *next;
  uint32_t hash;
  struct kernel_route route;
};

struct route_index {
  struct route_node **buckets;
  size_t bucket_count, count;
  bool out_of_memory;
  bool replaying; /* events may be older than the last reading; the owner clears this when the queue is empty */
};

/* A row of Windows appeared, went, or has another metric: `type` is NOTIFY_ADD, NOTIFY_DELETE or NOTIFY_PARAMETER. */
typedef void (*route_change)(const struct kernel_route *route, int32_t type, void *context);

/* Both return 1 when the reading was disturbed (kernel_routes_dump): usable, but to be read again soon. */
int route_index_load(struct route_index *index, uint8_t family);

/* Reads the table again and tells the differences; `changed` may be NULL. */
int route_index_reload(struct route_index *index, uint8_t family, route_change changed, void *context);
void route_index_free(struct route_index *index);

/* Applies an RTM_NEWROUTE or RTM_DELROUTE; `changed` may be NULL. Returns false when the table has to be read again. */
bool route_index_apply(struct route_index *index, const struct nlmsghdr *message, route_change changed, void *context);

/* The rows with the prefix of `like`: begin with `after` NULL. */
const struct route_node *route_index_next(const struct route_index *index, const struct kernel_route *like,
                                          const struct route_node *after);

#endif
