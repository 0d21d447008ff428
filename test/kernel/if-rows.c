/* MIB_IF_ROW2 and MIB_UNICASTIPADDRESS_ROW: interfaces whatever the family, and their addresses. */
#include <linux/if.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "interface-names.h"
#include "row-convert.h"
#include "world.h"

enum { OPER_UP = 1, OPER_DOWN = 2, OPER_LOWER_LAYER_DOWN = 7, ADMIN_UP = 1, ADMIN_DOWN = 2 };
enum { MEDIA_CONNECTED = 1, MEDIA_DISCONNECTED = 2, CONNECTION_DEDICATED = 1, ACCESS_LOOPBACK = 1, ACCESS_BROADCAST = 2 };
enum { MEDIUM_802_3 = 0, MEDIUM_LOOPBACK = 17 };
enum { DAD_TENTATIVE = 1, DAD_DUPLICATE = 2, DAD_DEPRECATED = 3, DAD_PREFERRED = 4 };
enum { NOT_MEDIA_CONNECTED = 1 << 4 };

/* RFC 2863 as IF_OPER_STATUS has it; Linux' loopback and some others never leave "unknown". */
static uint32_t oper_status(const struct link *link) {
  if (!(link->flags & IFF_UP)) return OPER_DOWN;
  if (link->oper_state == IF_OPER_LOWERLAYERDOWN) return OPER_LOWER_LAYER_DOWN;
  return link->carrier ? OPER_UP : OPER_DOWN;
}

static void write_interface(MIB_IF_ROW2 *row, const struct link *link) {
  char description[64];
  bool loopback = link->type == IF_TYPE_LOOPBACK;
  memset(row, 0, sizeof *row);
  snprintf(description, sizeof description, "Linux %s", link->kind[0] ? link->kind : loopback ? "loopback" : "interface");
  row->InterfaceLuid = link_luid(link);
  row->InterfaceIndex = link->index;
  row->InterfaceGuid = interface_guid(link);
  wide_text(row->Alias, sizeof row->Alias / sizeof row->Alias[0], link->name);
  wide_text(row->Description, sizeof row->Description / sizeof row->Description[0], description);
  if (!loopback) {
    row->PhysicalAddressLength = link->physical_size;
    memcpy(row->PhysicalAddress, link->physical, sizeof link->physical);
    memcpy(row->PermanentPhysicalAddress, link->physical, sizeof link->physical);
  }
  row->Mtu = link->mtu;
  row->Type = link->type;
  row->MediaType = loopback ? MEDIUM_LOOPBACK : MEDIUM_802_3;
  row->AccessType = loopback ? ACCESS_LOOPBACK : ACCESS_BROADCAST;
  row->InterfaceAndOperStatusFlags = link->carrier ? 0 : NOT_MEDIA_CONNECTED;
  row->OperStatus = oper_status(link);
  row->AdminStatus = link->flags & IFF_UP ? ADMIN_UP : ADMIN_DOWN;
  row->MediaConnectState = link->carrier ? MEDIA_CONNECTED : MEDIA_DISCONNECTED;
  row->ConnectionType = CONNECTION_DEDICATED;
}

DWORD WINAPI GetIfTable2(MIB_IF_TABLE2 **result) {
  RIG_ENTER(GetIfTable2);
  if (!result) return ERROR_INVALID_PARAMETER;
  struct links links;
  int error = world_copy_links(&links);
  if (error) return win32_from_errno(error);
  MIB_IF_TABLE2 *table = malloc(sizeof *table + links.link_count * sizeof table->Table[0]);
  if (table) {
    table->NumEntries = (uint32_t)links.link_count;
    table->Padding = 0;
    for (size_t i = 0; i < links.link_count; i++) write_interface(&table->Table[i], &links.links[i]);
    *result = table;
  }
  links_free(&links);
  return table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

DWORD WINAPI GetIfEntry2(MIB_IF_ROW2 *row) {
  RIG_ENTER(GetIfEntry2);
  if (!row || (!row->InterfaceLuid && !row->InterfaceIndex)) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  const struct link *link = links_select(&world->links, row->InterfaceLuid, row->InterfaceIndex);
  if (link) write_interface(row, link);
  world_leave();
  return link ? NO_ERROR : ERROR_FILE_NOT_FOUND;
}

static int32_t dad_state(const struct address *address) {
  if (address->flags & IFA_F_DADFAILED) return DAD_DUPLICATE;
  if (address->flags & IFA_F_TENTATIVE) return DAD_TENTATIVE;
  return address->flags & IFA_F_DEPRECATED ? DAD_DEPRECATED : DAD_PREFERRED;
}

static void write_address(MIB_UNICASTIPADDRESS_ROW *row, const struct address *address, const struct link *link) {
  memset(row, 0, sizeof *row);
  socket_address_write(&row->Address, address->family, address->bytes, address->interface_index);
  row->InterfaceLuid = link_luid(link);
  row->InterfaceIndex = link->index;
  bool link_local = address->family == AF_INET6 && address->scope == RT_SCOPE_LINK;
  row->PrefixOrigin = link_local ? 2 : 1; /* IpPrefixOriginWellKnown, IpPrefixOriginManual */
  row->SuffixOrigin = link_local ? 4 : 1; /* IpSuffixOriginLinkLayerAddress, IpSuffixOriginManual */
  row->ValidLifetime = address->valid_seconds;
  row->PreferredLifetime = address->preferred_seconds;
  row->OnLinkPrefixLength = address->prefix_length;
  row->DadState = dad_state(address);
  row->ScopeId = address->family == AF_INET6 ? row->Address.V6.ScopeId : 0;
  row->CreationTimeStamp = (int64_t)address->created * 100000; /* 1/100 s since start, in units of 100 ns */
}

DWORD WINAPI GetUnicastIpAddressTable(uint16_t family, MIB_UNICASTIPADDRESS_TABLE **result) {
  RIG_ENTER(GetUnicastIpAddressTable);
  if (!result || (family != WIN_AF_UNSPEC && !linux_family(family))) return ERROR_INVALID_PARAMETER;
  struct links links;
  int error = world_copy_links(&links);
  if (error) return win32_from_errno(error);
  MIB_UNICASTIPADDRESS_TABLE *table = malloc(sizeof *table + links.address_count * sizeof table->Table[0]);
  uint32_t code = table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
  if (table) table->NumEntries = table->Padding = 0;
  for (size_t i = 0; table && i < links.address_count; i++) {
    const struct address *address = &links.addresses[i];
    const struct link *link = links_find(&links, address->interface_index);
    if (link && (!family || linux_family(family) == address->family))
      write_address(&table->Table[table->NumEntries++], address, link);
  }
  if (table && !table->NumEntries) code = ERROR_NOT_FOUND;
  if (code) free(table);
  else *result = table;
  links_free(&links);
  return code;
}
