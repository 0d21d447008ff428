#include "route-index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "windows-types.h"

enum { INITIAL_BUCKETS = 1024, MESSAGE_HOPS = 128 };

static uint32_t hash_prefix(const struct kernel_route *route) {
  uint32_t hash = 2166136261u ^ route->prefix_length;
  for (size_t i = 0; i < sizeof route->destination; i++) hash = (hash ^ route->destination[i]) * 16777619u;
  return hash ^ hash >> 15 ^ route->family;
}

static bool grow(struct route_index *index) {
  size_t bucket_count = index->bucket_count ? index->bucket_count * 2 : INITIAL_BUCKETS;
  struct route_node **buckets = calloc(bucket_count, sizeof(struct route_node *));
  if (!buckets) return false;
  for (size_t i = 0; i < index->bucket_count; i++) {
    for (struct route_node *node = index->buckets[i], *next; node; node = next) {
      next = node->next;
      struct route_node **head = &buckets[node->hash & (bucket_count - 1)];
      node->next = *head;
      *head = node;
    }
  }
  free(index->buckets);
  index->buckets = buckets;
  index->bucket_count = bucket_count;
  return true;
}

const struct route_node *route_index_next(const struct route_index *index, const struct kernel_route *like,
                                          const struct route_node *after) {
  if (!index->bucket_count) return NULL;
  const struct route_node *node = after ? after->next : index->buckets[hash_prefix(like) & (index->bucket_count - 1)];
  while (node && !kernel_route_same_prefix(&node->route, like)) node = node->next;
  return node;
}

static void add_route(struct route_index *index, const struct kernel_route *route) {
  for (const struct route_node *node = NULL; (node = route_index_next(index, route, node));) {
    if (!kernel_route_identical(&node->route, route)) continue;
    struct kernel_route *known = &((struct route_node *)node)->route;
    bool repeated = known->repeated || (route->family == AF_INET6 && kernel_route_on_link(route));
    *known = *route; /* lifetime and, of IPv6, protocol */
    known->repeated = repeated;
    return;
  }
  struct route_node *node = index->count < index->bucket_count || grow(index) ? malloc(sizeof *node) : NULL;
  if (!node) {
    index->out_of_memory = true;
    return;
  }
  node->route = *route;
  node->hash = hash_prefix(route);
  struct route_node **head = &index->buckets[node->hash & (index->bucket_count - 1)];
  node->next = *head;
  *head = node;
  index->count++;
}

/* false when it cannot be known whether another of the same kind is left. */
static bool remove_route(struct route_index *index, const struct kernel_route *route) {
  if (!index->bucket_count) return true;
  struct route_node **link = &index->buckets[hash_prefix(route) & (index->bucket_count - 1)];
  for (; *link; link = &(*link)->next) {
    struct route_node *node = *link;
    if (!kernel_route_identical(&node->route, route)) continue;
    if (node->route.repeated) return false;
    *link = node->next;
    free(node);
    index->count--;
    return true;
  }
  return true;
}

/* The best priority among the rows of a key; -1 when there is none. */
static int64_t best_priority(const struct route_index *index, const struct kernel_route *key) {
  int64_t best = -1;
  for (const struct route_node *node = NULL; (node = route_index_next(index, key, node));) {
    if (!kernel_route_same_key(&node->route, key)) continue;
    if (best < 0 || node->route.priority < best) best = node->route.priority;
  }
  return best;
}

static void tell(const struct kernel_route *route, int64_t before, int64_t after, route_change changed, void *context) {
  if (!changed || before == after || !kernel_route_is_row(route)) return;
  changed(route, before < 0 ? NOTIFY_ADD : after < 0 ? NOTIFY_DELETE : NOTIFY_PARAMETER, context);
}

struct hops { struct kernel_route routes[MESSAGE_HOPS]; size_t count; bool overflow; };

static void collect_hop(const struct kernel_route *route, void *context) {
  struct hops *hops = context;
  if (hops->count < MESSAGE_HOPS) hops->routes[hops->count++] = *route;
  else hops->overflow = true;
}

static bool change_each(struct route_index *index, const struct hops *hops, bool add, route_change changed, void *context) {
  bool certain = true;
  for (size_t i = 0; i < hops->count; i++) {
    const struct kernel_route *route = &hops->routes[i];
    int64_t before = changed ? best_priority(index, route) : 0;
    if (add) add_route(index, route);
    else certain = remove_route(index, route) && certain;
    if (changed) tell(route, before, best_priority(index, route), changed, context);
  }
  return certain;
}

/* A replacement does not name what it replaced: certain only when there is no choice. */
static bool find_replaced(const struct route_index *index, const struct hops *fresh, struct hops *replaced) {
  if (!fresh->count) return false;
  const struct kernel_route *like = &fresh->routes[0];
  size_t candidates = 0;
  for (const struct route_node *node = NULL; (node = route_index_next(index, like, node));) {
    if (node->route.table != like->table || node->route.priority != like->priority) continue;
    candidates++;
    bool kept = false;
    for (size_t i = 0; i < fresh->count; i++) kept = kept || kernel_route_identical(&node->route, &fresh->routes[i]);
    if (!kept) collect_hop(&node->route, replaced);
  }
  return candidates <= 1;
}

bool route_index_apply(struct route_index *index, const struct nlmsghdr *message, route_change changed, void *context) {
  struct hops *hops = malloc(2 * sizeof *hops), *replaced = hops + 1;
  if (!hops) return false;
  hops->count = replaced->count = 0; /* only these: clearing the whole would cost more than all else here */
  hops->overflow = replaced->overflow = false;
  kernel_route_parse(message, collect_hop, hops);
  bool add = message->nlmsg_type == RTM_NEWROUTE, certain = !hops->overflow;
  /* Additions and removals that are told again do no harm: the last one of each row decides. A replacement does, because the
   * row that it would replace now need not be the one that it replaced then. */
  if (add && message->nlmsg_flags & NLM_F_REPLACE) certain = find_replaced(index, hops, replaced) && certain && !index->replaying;
  if (certain) {
    /* The new before the old, so that a row that only changed does not look deleted in between. */
    certain = change_each(index, hops, add, changed, context);
    certain = change_each(index, replaced, false, changed, context) && certain;
  }
  free(hops);
  return certain && !index->out_of_memory;
}

void route_index_free(struct route_index *index) {
  for (size_t i = 0; i < index->bucket_count; i++) {
    for (struct route_node *node = index->buckets[i], *next; node; node = next) {
      next = node->next;
      free(node);
    }
  }
  free(index->buckets);
  memset(index, 0, sizeof *index);
}

static void load_route(const struct kernel_route *route, void *context) { add_route(context, route); }

int route_index_load(struct route_index *index, uint8_t family) {
  memset(index, 0, sizeof *index);
  index->replaying = true;
  /* A repeated dump only adds to what is there; what went meanwhile comes as an event. */
  int result = kernel_routes_dump(family, load_route, NULL, index);
  if (result >= 0 && index->out_of_memory) result = -ENOMEM;
  if (result < 0) route_index_free(index);
  return result;
}

/* Whether this is the node that stands for its key, so that a key with several priorities is told once. */
static bool stands_for_key(const struct route_index *index, const struct route_node *node) {
  for (const struct route_node *other = NULL; (other = route_index_next(index, &node->route, other));)
    if (kernel_route_same_key(&other->route, &node->route)) return other == node;
  return false;
}

int route_index_reload(struct route_index *index, uint8_t family, route_change changed, void *context) {
  struct route_index fresh;
  int result = route_index_load(&fresh, family);
  if (result < 0) return result;
  struct route_index old = *index;
  *index = fresh;
  for (size_t i = 0; changed && i < index->bucket_count; i++)
    for (const struct route_node *node = index->buckets[i]; node; node = node->next)
      if (stands_for_key(index, node))
        tell(&node->route, best_priority(&old, &node->route), best_priority(index, &node->route), changed, context);
  for (size_t i = 0; changed && i < old.bucket_count; i++)
    for (const struct route_node *node = old.buckets[i]; node; node = node->next)
      if (best_priority(index, &node->route) < 0 && stands_for_key(&old, node))
        tell(&node->route, 0, -1, changed, context);
  route_index_free(&old);
  return result;
}
