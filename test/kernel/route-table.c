#include "route-table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "row-convert.h"
#include "world.h"

/* The kernel dumps the rows of a prefix next to one another, so the same key is found among the last few. */
static bool seen_before(struct route_table *table, const struct kernel_route *route) {
  for (size_t i = table->count; i > table->family_start; i--) {
    struct kernel_route *earlier = &table->routes[i - 1];
    if (!kernel_route_same_prefix(earlier, route)) return false;
    if (!kernel_route_same_key(earlier, route)) continue;
    if (kernel_route_better(route, earlier)) *earlier = *route;
    return true;
  }
  return false;
}

static void collect(const struct kernel_route *route, void *context) {
  struct route_table *table = context;
  if (table->out_of_memory || !kernel_route_is_row(route) || seen_before(table, route)) return;
  if (table->count == table->capacity) {
    size_t capacity = table->capacity ? table->capacity * 2 : 256;
    struct kernel_route *larger = realloc(table->routes, capacity * sizeof *larger);
    if (!larger) {
      table->out_of_memory = true;
      return;
    }
    table->routes = larger;
    table->capacity = capacity;
  }
  table->routes[table->count++] = *route;
}

static void restart(void *context) {
  struct route_table *table = context;
  table->count = table->family_start;
}

static int read_family(struct route_table *table, uint8_t family) {
  table->family_start = table->count;
  return kernel_routes_dump(family, collect, restart, table);
}

static void leave_out_rows_without_link(struct route_table *table) {
  size_t kept = 0;
  for (size_t i = 0; i < table->count; i++)
    if (links_find(&table->links, table->routes[i].interface_index)) table->routes[kept++] = table->routes[i];
  table->count = kept;
}

int route_table_read(struct route_table *table, uint8_t family) {
  memset(table, 0, sizeof *table);
  int error = 0;
  if (family != AF_INET6) error = read_family(table, AF_INET);
  if (error >= 0 && family != AF_INET) error = read_family(table, AF_INET6);
  if (error > 0) error = 0; /* disturbed by a storm that did not end: the caller hears of the changes */
  if (!error && table->out_of_memory) error = -ENOMEM;
  if (!error) error = world_copy_links(&table->links);
  if (error) route_table_free(table);
  else leave_out_rows_without_link(table);
  return error;
}

void route_table_free(struct route_table *table) {
  free(table->routes);
  links_free(&table->links);
  memset(table, 0, sizeof *table);
}

DWORD WINAPI GetIpForwardTable2(uint16_t family, MIB_IPFORWARD_TABLE2 **result) {
  RIG_ENTER(GetIpForwardTable2);
  if (!result || (family != WIN_AF_UNSPEC && !linux_family(family))) return ERROR_INVALID_PARAMETER;
  struct route_table table;
  int error = route_table_read(&table, linux_family(family));
  if (error) return win32_from_errno(error);
  uint32_t code = table.count ? NO_ERROR : ERROR_NOT_FOUND;
  MIB_IPFORWARD_TABLE2 *rows = code ? NULL : malloc(sizeof *rows + table.count * sizeof rows->Table[0]);
  if (!code && !rows) code = ERROR_NOT_ENOUGH_MEMORY;
  if (!code) {
    rows->NumEntries = (uint32_t)table.count;
    rows->Padding = 0;
    for (size_t i = 0; i < table.count; i++)
      row2_write(&rows->Table[i], &table.routes[i], links_find(&table.links, table.routes[i].interface_index));
    *result = rows;
  }
  route_table_free(&table);
  return code;
}
