/* The functions of the document: IPv4, MIB_IPFORWARDROW. https://learn.microsoft.com/windows/win32/api/iphlpapi/ */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "route-table.h"
#include "route-write.h"
#include "row-convert.h"

static int compare_u32(uint32_t a, uint32_t b) { return a < b ? -1 : a > b; }

/* The order of the page: destination, protocol, policy, next hop. Mask and metric make it a total one. */
static int compare_rows(const void *left, const void *right) {
  const MIB_IPFORWARDROW *a = left, *b = right;
  int order = compare_u32(ntohl(a->Dest), ntohl(b->Dest));
  if (!order) order = compare_u32(a->Proto, b->Proto);
  if (!order) order = compare_u32(a->Policy, b->Policy);
  if (!order) order = compare_u32(ntohl(a->NextHop), ntohl(b->NextHop));
  if (!order) order = compare_u32(ntohl(a->Mask), ntohl(b->Mask));
  if (!order) order = compare_u32(a->Metric1, b->Metric1);
  return order ? order : compare_u32(a->IfIndex, b->IfIndex);
}

DWORD WINAPI GetIpForwardTable(MIB_IPFORWARDTABLE *result, ULONG *size, BOOL order) {
  RIG_ENTER(GetIpForwardTable);
  if (!size) return ERROR_INVALID_PARAMETER;
  struct route_table table;
  int error = route_table_read(&table, AF_INET);
  if (error) return win32_from_errno(error);
  uint32_t code = table.count ? NO_ERROR : ERROR_NO_DATA;
  size_t rows = table.count;
  bool size_call = !result || *size < offsetof(MIB_IPFORWARDTABLE, Table) + rows * sizeof(MIB_IPFORWARDROW);
  if (!code && rig_table_grows(size_call)) rows++;
  size_t needed = offsetof(MIB_IPFORWARDTABLE, Table) + rows * sizeof(MIB_IPFORWARDROW);
  if (!code && (!result || *size < needed)) {
    *size = (uint32_t)needed;
    code = ERROR_INSUFFICIENT_BUFFER;
  } else if (!code) {
    result->NumEntries = (uint32_t)table.count;
    for (size_t i = 0; i < table.count; i++)
      classic_write(&result->Table[i], &table.routes[i], links_find(&table.links, table.routes[i].interface_index), &table.links);
    if (order) qsort(result->Table, table.count, sizeof result->Table[0], compare_rows);
  }
  route_table_free(&table);
  return code;
}

typedef uint32_t (*classic_action)(struct world *world, struct kernel_route *route);

/* What the page of each function says about an interface that does not exist. */
static uint32_t with_row(const MIB_IPFORWARDROW *row, bool metric, uint32_t no_interface, classic_action act) {
  if (!row || row->Proto != PROTOCOL_NETMGMT || !row->IfIndex) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(true, &world);
  if (error) return win32_from_errno(error);
  struct kernel_route route;
  uint32_t code = classic_read_key(&route, row, &world->links);
  const struct link *link = links_find(&world->links, row->IfIndex);
  if (!code && !link) code = no_interface;
  if (!code && metric && row->Metric1 < link->families[FAMILY_V4].metric) code = ERROR_BAD_ARGUMENTS;
  route.priority = row->Metric1;
  if (!code) code = act(world, &route);
  world_leave();
  return code;
}

static uint32_t create(struct world *world, struct kernel_route *route) { return route_create(world, route); }

static uint32_t set(struct world *world, struct kernel_route *route) {
  if (rig_classic_set_ignores_metric()) {
    const struct kernel_route *found = route_find(world, route);
    if (found) route->priority = found->priority;
  }
  return route_set(world, route, true); /* a classic row can only say NETMGMT, so it cannot mean to change it */
}

static uint32_t delete(struct world *world, struct kernel_route *route) { return route_delete(world, route); }

DWORD WINAPI CreateIpForwardEntry(MIB_IPFORWARDROW *row) {
  RIG_ENTER(CreateIpForwardEntry);
  return with_row(row, true, ERROR_INVALID_PARAMETER, create);
}

DWORD WINAPI SetIpForwardEntry(MIB_IPFORWARDROW *row) {
  RIG_ENTER(SetIpForwardEntry);
  return with_row(row, true, ERROR_FILE_NOT_FOUND, set);
}

DWORD WINAPI DeleteIpForwardEntry(MIB_IPFORWARDROW *row) {
  RIG_ENTER(DeleteIpForwardEntry);
  return with_row(row, false, ERROR_NOT_FOUND, delete);
}
