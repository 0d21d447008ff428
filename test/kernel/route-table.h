/* The whole table as Windows shows it: one row for each key. */
#ifndef RIG_ROUTE_TABLE_H
#define RIG_ROUTE_TABLE_H

#include "kernel-route.h"
#include "links.h"

struct route_table {
  struct kernel_route *routes;
  size_t count, capacity, family_start;
  struct links links; /* read after the routes: an interface that is missing here is gone, and its rows are left out */
  bool out_of_memory;
};

/* `family` as Linux numbers it, AF_UNSPEC for both. */
int route_table_read(struct route_table *table, uint8_t family);
void route_table_free(struct route_table *table);

#endif
