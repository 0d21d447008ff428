/* Create, set and delete a row in table main with the semantics of Windows. The caller has entered the world with routes. */
#ifndef RIG_ROUTE_WRITE_H
#define RIG_ROUTE_WRITE_H

#include "world.h"

/* The row that Windows would show for the key, of either table: the one with the best priority. NULL when there is none. */
const struct kernel_route *route_find(const struct world *world, const struct kernel_route *key);

uint32_t route_create(struct world *world, const struct kernel_route *route);

/* `keep_protocol`: the row keeps the protocol that it has. */
uint32_t route_set(struct world *world, const struct kernel_route *route, bool keep_protocol);

uint32_t route_delete(struct world *world, const struct kernel_route *key);

#endif
