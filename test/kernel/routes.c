/* The …2 family: one row of either address family. https://learn.microsoft.com/windows/win32/api/netioapi/ */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "route-write.h"
#include "row-convert.h"

enum { ILLEGAL_SITE_PREFIX_LENGTH = 0xff };

/* Metric, protocol and lifetimes of a row into a route whose key has been read. */
static uint32_t read_properties(struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  uint32_t interface_metric = link->families[family_slot(route->family)].metric;
  if (row->Metric > 0xffffffffu - interface_metric) return ERROR_INVALID_PARAMETER; /* also the one of Initialize */
  if (row->PreferredLifetime > row->ValidLifetime) return ERROR_INVALID_PARAMETER;
  if (row->SitePrefixLength != ILLEGAL_SITE_PREFIX_LENGTH && row->SitePrefixLength > row->DestinationPrefix.PrefixLength)
    return ERROR_INVALID_PARAMETER;
  if (!linux_protocol(row->Protocol, &route->protocol)) return ERROR_INVALID_PARAMETER;
  route->priority = row->Metric + interface_metric;
  if (row->ValidLifetime == LIFETIME_INFINITE) return NO_ERROR;
  if (route->family == AF_INET) return ERROR_NOT_SUPPORTED;
  if (!row->ValidLifetime) return ERROR_INVALID_PARAMETER;
  route->expires_at = monotonic_seconds() + row->ValidLifetime;
  return NO_ERROR;
}

typedef uint32_t (*row_action)(struct world *world, struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row,
                               const struct link *link);

static uint32_t with_row(const MIB_IPFORWARD_ROW2 *row, row_action act) {
  if (!row || (!row->InterfaceLuid && !row->InterfaceIndex)) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(true, &world);
  if (error) return win32_from_errno(error);
  struct kernel_route route;
  const struct link *link = links_select(&world->links, row->InterfaceLuid, row->InterfaceIndex);
  /* A row that is not valid is 87 even when its interface is not there either. */
  static const struct link nowhere;
  uint32_t code = row2_read_key(&route, row, link ? link : &nowhere);
  if (!code) code = link ? act(world, &route, row, link) : ERROR_NOT_FOUND;
  world_leave();
  return code;
}

static uint32_t create(struct world *world, struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  uint32_t code = read_properties(route, row, link);
  return code ? code : route_create(world, route);
}

static uint32_t set(struct world *world, struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  uint32_t code = read_properties(route, row, link);
  return code ? code : route_set(world, route, false);
}

static uint32_t delete(struct world *world, struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  (void)row, (void)link;
  return route_delete(world, route);
}

static uint32_t get(struct world *world, struct kernel_route *route, const MIB_IPFORWARD_ROW2 *row, const struct link *link) {
  const struct kernel_route *found = route_find(world, route);
  if (!found) return ERROR_NOT_FOUND;
  row2_write((MIB_IPFORWARD_ROW2 *)row, found, link); /* GetIpForwardEntry2 passes the caller's writable row */
  return NO_ERROR;
}

DWORD WINAPI CreateIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row) {
  RIG_ENTER(CreateIpForwardEntry2);
  return with_row(row, create);
}

DWORD WINAPI SetIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row) {
  RIG_ENTER(SetIpForwardEntry2);
  return with_row(row, set);
}

DWORD WINAPI DeleteIpForwardEntry2(const MIB_IPFORWARD_ROW2 *row) {
  RIG_ENTER(DeleteIpForwardEntry2);
  return with_row(row, delete);
}

DWORD WINAPI GetIpForwardEntry2(MIB_IPFORWARD_ROW2 *row) {
  RIG_ENTER(GetIpForwardEntry2);
  return with_row(row, get);
}

void WINAPI InitializeIpForwardEntry(MIB_IPFORWARD_ROW2 *row) {
  rig_enter("InitializeIpForwardEntry"); /* returns nothing, so only a delay can be asked for */
  if (!row) return;
  memset(row, 0, sizeof *row);
  row->ValidLifetime = row->PreferredLifetime = LIFETIME_INFINITE;
  row->Loopback = row->AutoconfigureAddress = row->Publish = row->Immortal = 1;
  row->SitePrefixLength = ILLEGAL_SITE_PREFIX_LENGTH;
  row->Metric = row->Protocol = 0xffffffffu;
}

void WINAPI FreeMibTable(void *memory) {
  rig_enter("FreeMibTable");
  free(memory);
}
