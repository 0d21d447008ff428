#include "route-write.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "row-convert.h"

const struct kernel_route *route_find(const struct world *world, const struct kernel_route *key) {
  const struct kernel_route *best = NULL;
  for (const struct route_node *node = NULL; (node = route_index_next(&world->routes, key, node));) {
    if (!kernel_route_same_key(&node->route, key)) continue;
    if (!best || kernel_route_better(&node->route, best)) best = &node->route;
  }
  return best;
}

/* IPv6 switched off on the interface is EACCES to Linux and "not bound" to Windows. */
static uint32_t code_of(struct world *world, const struct kernel_route *route, int error) {
  if (error == -EACCES && route->family == AF_INET6 && !world_reload_links()) {
    const struct link *link = links_find(&world->links, route->interface_index);
    if (!link || !link->families[FAMILY_V6].bound) return ERROR_NOT_FOUND;
  }
  return win32_from_errno(error);
}

uint32_t route_create(struct world *world, const struct kernel_route *route) {
  if (route_find(world, route)) return ERROR_OBJECT_ALREADY_EXISTS;
  /* Append, so that another next hop with the same prefix and priority is a second row and not an error. */
  return code_of(world, route, kernel_route_add(&world->requests, route, NLM_F_CREATE | NLM_F_APPEND));
}

struct rows { struct kernel_route *routes; size_t count; bool multipath; };

/* The changeable rows of a key, copied: the index moves when events arrive. */
static uint32_t collect_rows(const struct world *world, const struct kernel_route *key, struct rows *rows) {
  *rows = (struct rows){0};
  bool system_row = false;
  for (const struct route_node *node = NULL; (node = route_index_next(&world->routes, key, node));) {
    if (!kernel_route_same_key(&node->route, key)) continue;
    if (node->route.table != RT_TABLE_MAIN) {
      system_row = true;
      continue;
    }
    struct kernel_route *larger = realloc(rows->routes, (rows->count + 1) * sizeof *larger);
    if (!larger) {
      free(rows->routes);
      return ERROR_NOT_ENOUGH_MEMORY;
    }
    rows->routes = larger;
    rows->routes[rows->count++] = node->route;
    rows->multipath = rows->multipath || node->route.multipath;
  }
  if (rows->count && !rows->multipath) return NO_ERROR;
  free(rows->routes);
  return rows->multipath ? ERROR_NOT_SUPPORTED : system_row ? ERROR_ACCESS_DENIED : ERROR_NOT_FOUND;
}

/* A row that another program took away meanwhile is as good as deleted, if something else was there to delete. */
static uint32_t delete_rows(struct world *world, const struct rows *rows, const struct kernel_route *except) {
  bool deleted = false;
  for (size_t i = 0; i < rows->count; i++) {
    if (except && kernel_route_identical(&rows->routes[i], except)) continue;
    int error;
    do {
      error = kernel_route_delete(&world->requests, &rows->routes[i]);
      deleted = deleted || !error;
    } while (!error && rows->routes[i].repeated);
    if (error && error != -ESRCH) return win32_from_errno(error);
  }
  return deleted || except ? NO_ERROR : ERROR_NOT_FOUND;
}

uint32_t route_delete(struct world *world, const struct kernel_route *key) {
  struct rows rows;
  uint32_t code = collect_rows(world, key, &rows);
  if (code) return code;
  code = delete_rows(world, &rows, NULL);
  free(rows.routes);
  return code;
}

static const struct kernel_route *with_priority(const struct rows *rows, uint32_t priority) {
  for (size_t i = 0; i < rows->count; i++)
    if (rows->routes[i].priority == priority) return &rows->routes[i];
  return NULL;
}

static size_t rows_at_priority(const struct world *world, const struct kernel_route *like) {
  size_t count = 0;
  for (const struct route_node *node = NULL; (node = route_index_next(&world->routes, like, node));)
    count += node->route.table == like->table && node->route.priority == like->priority;
  return count;
}

/* Puts `fresh` in the place of `old`, which has the same priority and next hop: IPv6 cannot hold both. */
static int replace_in_place(struct world *world, const struct kernel_route *old, const struct kernel_route *fresh) {
  if (rows_at_priority(world, fresh) == 1) return kernel_route_add(&world->requests, fresh, NLM_F_CREATE | NLM_F_REPLACE);
  int error = kernel_route_delete(&world->requests, old);
  return error && error != -ESRCH ? error : kernel_route_add(&world->requests, fresh, NLM_F_CREATE | NLM_F_APPEND);
}

static const struct kernel_route *best_of(const struct rows *rows) {
  const struct kernel_route *best = &rows->routes[0];
  for (size_t i = 1; i < rows->count; i++)
    if (kernel_route_better(&rows->routes[i], best)) best = &rows->routes[i];
  return best;
}

uint32_t route_set(struct world *world, const struct kernel_route *route, bool keep_protocol) {
  struct rows rows;
  uint32_t code = collect_rows(world, route, &rows);
  if (code) return code;
  const struct kernel_route *shown = best_of(&rows);
  struct kernel_route fresh = *shown;
  fresh.priority = route->priority;
  fresh.expires_at = route->expires_at;
  if (!keep_protocol && windows_protocol(shown) != windows_protocol(route)) fresh.protocol = route->protocol;
  const struct kernel_route *same = with_priority(&rows, fresh.priority);
  int error = 0;
  if (same && route->family == AF_INET6) {
    if (same->protocol != fresh.protocol || same->expires_at != fresh.expires_at)
      error = replace_in_place(world, same, &fresh);
  } else {
    error = kernel_route_add(&world->requests, &fresh, NLM_F_CREATE | NLM_F_APPEND);
    if (error == -EEXIST) error = 0; /* already there with all that Linux tells apart */
  }
  code = error ? code_of(world, route, error) : delete_rows(world, &rows, &fresh);
  free(rows.routes);
  return code;
}
