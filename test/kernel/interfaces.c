/* MIB_IPINTERFACE_ROW: an interface as one address family sees it. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "interface-metric.h"
#include "notify.h"
#include "route-write.h"
#include "row-convert.h"

static void write_row(MIB_IPINTERFACE_ROW *row, const struct link *link, int slot) {
  const struct link_family *family = &link->families[slot];
  memset(row, 0, sizeof *row);
  row->Family = slot == FAMILY_V4 ? WIN_AF_INET : WIN_AF_INET6;
  row->InterfaceLuid = link_luid(link);
  row->InterfaceIndex = link->index;
  row->ForwardingEnabled = family->forwarding;
  row->UseAutomaticMetric = family->automatic_metric;
  row->UseNeighborUnreachabilityDetection = 1;
  row->Metric = family->metric;
  row->NlMtu = family->mtu;
  row->Connected = link->carrier;
  row->SupportsNeighborDiscovery = link->type != IF_TYPE_LOOPBACK;
}

/* The interface and family slot that a row names; a Win32 code when it names none. */
static uint32_t select_row(const struct links *links, const MIB_IPINTERFACE_ROW *row, const struct link **link, int *slot) {
  uint8_t family = linux_family(row->Family);
  if (!family || (!row->InterfaceLuid && !row->InterfaceIndex)) return ERROR_INVALID_PARAMETER;
  *slot = family_slot(family);
  *link = links_select(links, row->InterfaceLuid, row->InterfaceIndex);
  if (!*link) return ERROR_FILE_NOT_FOUND;
  return (*link)->families[*slot].bound ? NO_ERROR : ERROR_NOT_FOUND;
}

DWORD WINAPI GetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row) {
  RIG_ENTER(GetIpInterfaceEntry);
  if (!row) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(false, &world), slot;
  if (error) return win32_from_errno(error);
  const struct link *link;
  error = world_reload_links(); /* forwarding and disable_ipv6 change without an event */
  uint32_t code = error ? win32_from_errno(error) : select_row(&world->links, row, &link, &slot);
  if (!code) write_row(row, link, slot);
  world_leave();
  return code;
}

static uint32_t write_table(const struct links *links, uint8_t family, MIB_IPINTERFACE_TABLE **result) {
  MIB_IPINTERFACE_TABLE *table = malloc(sizeof *table + links->link_count * FAMILY_COUNT * sizeof table->Table[0]);
  if (!table) return ERROR_NOT_ENOUGH_MEMORY;
  table->NumEntries = table->Padding = 0;
  for (int slot = 0; slot < FAMILY_COUNT; slot++) {
    if (family && family_slot(family) != slot) continue;
    for (size_t i = 0; i < links->link_count; i++)
      if (links->links[i].families[slot].bound) write_row(&table->Table[table->NumEntries++], &links->links[i], slot);
  }
  if (!table->NumEntries) {
    free(table);
    return ERROR_NOT_FOUND;
  }
  *result = table;
  return NO_ERROR;
}

DWORD WINAPI GetIpInterfaceTable(uint16_t family, MIB_IPINTERFACE_TABLE **result) {
  RIG_ENTER(GetIpInterfaceTable);
  if (!result || (family != WIN_AF_UNSPEC && !linux_family(family))) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  error = world_reload_links();
  uint32_t code = error ? win32_from_errno(error) : write_table(&world->links, linux_family(family), result);
  world_leave();
  return code;
}

void WINAPI InitializeIpInterfaceEntry(MIB_IPINTERFACE_ROW *row) {
  rig_enter("InitializeIpInterfaceEntry");
  if (!row) return;
  /* "Unchanged" for each member: an illegal value where there is one. */
  memset(row, 0xff, sizeof *row);
  row->Family = 0;
  row->InterfaceLuid = 0;
  row->InterfaceIndex = 0;
}

struct shift { uint32_t interface_index; uint8_t family; uint32_t from, to; };

static bool shifts(const struct kernel_route *route, const struct shift *shift) {
  return route->interface_index == shift->interface_index && route->family == shift->family &&
         route->table == RT_TABLE_MAIN && !route->multipath && route->protocol != RTPROT_KERNEL &&
         route->priority >= shift->from;
}

/* The routes keep their own metric, so their priorities move with the metric of the interface. */
static int shift_priorities(struct world *world, const struct shift *shift) {
  struct kernel_route *routes = malloc((world->routes.count + 1) * sizeof *routes);
  size_t count = 0;
  if (!routes) return 0;
  for (size_t i = 0; i < world->routes.bucket_count; i++)
    for (const struct route_node *node = world->routes.buckets[i]; node; node = node->next)
      if (shifts(&node->route, shift)) routes[count++] = node->route;
  int error = 0;
  for (size_t i = 0; i < count && !error; i++) {
    struct kernel_route fresh = routes[i];
    fresh.priority = routes[i].priority - shift->from + shift->to;
    error = kernel_route_add(&world->requests, &fresh, NLM_F_CREATE | NLM_F_APPEND);
    if (!error) error = kernel_route_delete(&world->requests, &routes[i]);
  }
  free(routes);
  return error;
}

static uint32_t set_metric(struct world *world, const MIB_IPINTERFACE_ROW *row) {
  const struct link *link;
  int slot;
  uint32_t code = select_row(&world->links, row, &link, &slot);
  if (code) return code;
  bool automatic = row->UseAutomaticMetric == 1;
  if (!automatic && row->Metric == 0xffffffffu) return NO_ERROR; /* unchanged */
  if (!automatic && !row->Metric) return ERROR_INVALID_PARAMETER;
  struct shift shift = {link->index, linux_family(row->Family), link->families[slot].metric, 0};
  if (!interface_metric_set(link->index, slot, automatic, row->Metric)) return ERROR_NOT_ENOUGH_MEMORY;
  int error = world_reload_links();
  if (error) return win32_from_errno(error);
  const struct link *changed = links_find(&world->links, shift.interface_index);
  if (!changed) return ERROR_FILE_NOT_FOUND;
  shift.to = changed->families[slot].metric;
  return shift.to == shift.from ? NO_ERROR : win32_from_errno(shift_priorities(world, &shift));
}

DWORD WINAPI SetIpInterfaceEntry(MIB_IPINTERFACE_ROW *row) {
  RIG_ENTER(SetIpInterfaceEntry);
  if (!row) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(true, &world);
  if (error) return win32_from_errno(error);
  uint32_t code = set_metric(world, row);
  world_leave();
  notify_all_look_again();
  return code;
}
