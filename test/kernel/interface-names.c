/* ConvertInterface…: between index, LUID, GUID and alias. */
#include "interface-names.h"

#include <string.h>

#include "exports.h"
#include "faults.h"
#include "netlink.h"
#include "world.h"

/* Of the name alone: as on Windows, an interface that returns with another index has its old GUID. */
GUID interface_guid(const struct link *link) {
  uint64_t hash = 14695981039346656037u;
  for (const char *c = link->name; *c; c++) hash = (hash ^ (uint8_t)*c) * 1099511628211u;
  GUID guid = {(uint32_t)(hash >> 32), (uint16_t)hash, (uint16_t)(0x4000 | (hash >> 16 & 0x0fff)), {0}};
  for (int i = 0; i < 8; i++) guid.Data4[i] = (uint8_t)(hash >> 8 * i);
  guid.Data4[0] = (uint8_t)((guid.Data4[0] & 0x3f) | 0x80);
  return guid;
}

void wide_text(WCHAR *target, size_t size, const char *text) {
  size_t i = 0;
  for (; text[i] && i + 1 < size; i++) target[i] = (uint8_t)text[i];
  target[i] = 0;
}

static bool same_name(const struct link *link, const WCHAR *alias) {
  size_t i = 0;
  while (link->name[i] && alias[i] == (uint8_t)link->name[i]) i++;
  return !link->name[i] && !alias[i];
}

typedef bool (*link_test)(const struct link *link, const void *wanted);

static bool has_guid(const struct link *link, const void *wanted) {
  GUID guid = interface_guid(link);
  return !memcmp(&guid, wanted, sizeof guid);
}
static bool has_alias(const struct link *link, const void *wanted) { return same_name(link, wanted); }
static bool has_index(const struct link *link, const void *wanted) { return link->index == *(const NET_IFINDEX *)wanted; }
static bool has_luid(const struct link *link, const void *wanted) { return link_luid(link) == *(const NET_LUID *)wanted; }

static uint32_t find_link(link_test test, const void *wanted, uint32_t none, struct link *found) {
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  uint32_t code = none;
  for (size_t i = 0; code && i < world->links.link_count; i++) {
    if (!test(&world->links.links[i], wanted)) continue;
    *found = world->links.links[i];
    code = NO_ERROR;
  }
  world_leave();
  return code;
}

DWORD WINAPI ConvertInterfaceIndexToLuid(NET_IFINDEX index, NET_LUID *luid) {
  RIG_ENTER(ConvertInterfaceIndexToLuid);
  struct link link;
  if (!luid) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_index, &index, ERROR_FILE_NOT_FOUND, &link);
  *luid = code ? 0 : link_luid(&link);
  return code;
}

DWORD WINAPI ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *index) {
  RIG_ENTER(ConvertInterfaceLuidToIndex);
  struct link link;
  if (!luid || !index) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_luid, luid, ERROR_INVALID_PARAMETER, &link);
  *index = code ? 0 : link.index;
  return code;
}

DWORD WINAPI ConvertInterfaceLuidToGuid(const NET_LUID *luid, GUID *guid) {
  RIG_ENTER(ConvertInterfaceLuidToGuid);
  struct link link;
  if (!luid || !guid) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_luid, luid, ERROR_INVALID_PARAMETER, &link);
  if (code) memset(guid, 0, sizeof *guid);
  else *guid = interface_guid(&link);
  return code;
}

DWORD WINAPI ConvertInterfaceGuidToLuid(const GUID *guid, NET_LUID *luid) {
  RIG_ENTER(ConvertInterfaceGuidToLuid);
  struct link link;
  if (!guid || !luid) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_guid, guid, ERROR_INVALID_PARAMETER, &link);
  *luid = code ? 0 : link_luid(&link);
  return code;
}

DWORD WINAPI ConvertInterfaceLuidToAlias(const NET_LUID *luid, WCHAR *alias, size_t length) {
  RIG_ENTER(ConvertInterfaceLuidToAlias);
  struct link link;
  if (!luid || !alias) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_luid, luid, ERROR_INVALID_PARAMETER, &link);
  if (code) return code;
  if (length < strlen(link.name) + 1) return ERROR_NOT_ENOUGH_MEMORY;
  wide_text(alias, length, link.name);
  return NO_ERROR;
}

DWORD WINAPI ConvertInterfaceAliasToLuid(const WCHAR *alias, NET_LUID *luid) {
  RIG_ENTER(ConvertInterfaceAliasToLuid);
  struct link link;
  if (!alias || !luid) return ERROR_INVALID_PARAMETER;
  uint32_t code = find_link(has_alias, alias, ERROR_INVALID_PARAMETER, &link);
  *luid = code ? 0 : link_luid(&link);
  return code;
}
