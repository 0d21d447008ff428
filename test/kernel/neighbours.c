/*
 * ResolveIpNetEntry2: the entry of the neighbour is deleted, so that no old answer counts, and made anew with NTF_USE, which has the kernel
 * ask on the wire without any packet of ours, whatever the routes. Then the entry tells: reachable, failed (3 requests, 1 s each), or still
 * asking.
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "exports.h"
#include "faults.h"
#include "route-write.h"
#include "row-convert.h"
#include "world.h"

/* A neighbour that asked us meanwhile is first taken at its word, then asked too: twice 3 s at most. */
enum { POLL_MS = 20, GIVE_UP_MS = 7000 };

struct neighbour { uint8_t family, bytes[16]; uint32_t interface_index; };

struct entry { bool found; uint16_t state; uint8_t physical[32], physical_size; };

static struct ndmsg *message_about(struct netlink_message *message, uint16_t type, uint16_t flags, const struct neighbour *neighbour) {
  struct ndmsg *header = message_begin(message, type, flags, sizeof *header);
  header->ndm_family = neighbour->family;
  header->ndm_ifindex = (int32_t)neighbour->interface_index;
  message_put(message, NDA_DST, neighbour->bytes, address_size(neighbour->family));
  return header;
}

static void read_entry(const struct nlmsghdr *message, void *context) {
  struct entry *entry = context;
  const struct ndmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWNEIGH) return;
  const struct rtattr *first = (const struct rtattr *)((const uint8_t *)header + NLMSG_ALIGN(sizeof *header));
  const struct rtattr *found[NDA_MAX + 1];
  attributes_parse(first, message->nlmsg_len - NLMSG_SPACE(sizeof *header), found, NDA_MAX);
  entry->found = true;
  entry->state = header->ndm_state;
  size_t size = found[NDA_LLADDR] ? RTA_PAYLOAD(found[NDA_LLADDR]) : 0;
  entry->physical_size = (uint8_t)(size < sizeof entry->physical ? size : sizeof entry->physical);
  if (size) memcpy(entry->physical, RTA_DATA(found[NDA_LLADDR]), entry->physical_size);
}

static int forget(struct netlink_socket *sock, const struct neighbour *neighbour) {
  struct netlink_message message;
  message_about(&message, RTM_DELNEIGH, 0, neighbour);
  int error = netlink_request(sock, &message, NULL);
  return error == -ENOENT ? 0 : error;
}

static int start_asking(struct netlink_socket *sock, const struct neighbour *neighbour) {
  struct netlink_message message;
  message_about(&message, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, neighbour)->ndm_flags = NTF_USE;
  return netlink_request(sock, &message, NULL);
}

/* Asks a neighbour whose physical address is known, but by nothing that answered us. */
static int ask_known(struct netlink_socket *sock, const struct neighbour *neighbour, const struct entry *entry) {
  struct netlink_message message;
  message_about(&message, RTM_NEWNEIGH, NLM_F_REPLACE, neighbour)->ndm_state = NUD_PROBE;
  message_put(&message, NDA_LLADDR, entry->physical, entry->physical_size);
  int error = netlink_request(sock, &message, NULL);
  return error == -ENOENT ? 0 : error;
}

static int look(struct netlink_socket *sock, const struct neighbour *neighbour, struct entry *entry) {
  struct netlink_message message;
  struct netlink_visitor visitor = {read_entry, NULL, entry};
  memset(entry, 0, sizeof *entry);
  message_about(&message, RTM_GETNEIGH, 0, neighbour);
  int error = netlink_request(sock, &message, &visitor);
  return error == -ENOENT ? 0 : error;
}

static int await_answer(struct netlink_socket *sock, const struct neighbour *neighbour, struct entry *entry) {
  const struct timespec pause = {0, POLL_MS * 1000000};
  int error = start_asking(sock, neighbour);
  for (int waited = 0; !error && waited < GIVE_UP_MS; waited += POLL_MS) {
    if ((error = look(sock, neighbour, entry))) break;
    if (!entry->found) error = start_asking(sock, neighbour); /* another call resolves it too, and has deleted the entry */
    else if (entry->state & (NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP)) return 0;
    else if (entry->state & NUD_FAILED) return -ETIMEDOUT;
    else if (entry->state & (NUD_STALE | NUD_DELAY)) error = ask_known(sock, neighbour, entry);
    nanosleep(&pause, NULL);
  }
  return error ? error : -ETIMEDOUT;
}

static uint32_t resolve(const struct neighbour *neighbour, struct entry *entry) {
  struct netlink_socket sock; /* of its own: it waits for seconds, which must hold up nobody */
  int error = netlink_open(&sock, 0);
  if (error) return win32_from_errno(error);
  if (!(error = forget(&sock, neighbour))) error = await_answer(&sock, neighbour, entry);
  netlink_close(&sock);
  return error == -ETIMEDOUT || error == -ENETDOWN ? ERROR_BAD_NET_NAME : win32_from_errno(error);
}

static bool is_neighbour(const struct neighbour *neighbour) {
  static const uint8_t loopback[16] = {[15] = 1};
  const uint8_t *bytes = neighbour->bytes;
  if (prefix_is_canonical(bytes, neighbour->family, 0)) return false;
  if (neighbour->family == AF_INET) return bytes[0] != 127 && bytes[0] < 224;
  return bytes[0] != 0xff && memcmp(bytes, loopback, sizeof loopback);
}

static uint32_t find_interface(const MIB_IPNET_ROW2 *row, struct neighbour *neighbour, NET_LUID *luid) {
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  const struct link *link = links_select(&world->links, row->InterfaceLuid, row->InterfaceIndex);
  uint32_t code = NO_ERROR;
  if (!link || !link->families[family_slot(neighbour->family)].bound) code = ERROR_NOT_FOUND;
  else if (!link->carrier) code = ERROR_BAD_NET_NAME;
  if (!code) {
    neighbour->interface_index = link->index;
    *luid = link_luid(link);
  }
  world_leave();
  return code;
}

DWORD WINAPI ResolveIpNetEntry2(MIB_IPNET_ROW2 *row, const SOCKADDR_INET *source) {
  RIG_ENTER(ResolveIpNetEntry2);
  if (!row || (!row->InterfaceLuid && !row->InterfaceIndex)) return ERROR_INVALID_PARAMETER;
  if (source && source->Family && source->Family != row->Address.Family) return ERROR_INVALID_PARAMETER;
  struct neighbour neighbour = {.family = linux_family(row->Address.Family)};
  if (!neighbour.family) return ERROR_INVALID_PARAMETER;
  const uint8_t *bytes = neighbour.family == AF_INET ? row->Address.V4 : row->Address.V6.Address;
  memcpy(neighbour.bytes, bytes, address_size(neighbour.family));
  if (!is_neighbour(&neighbour)) return ERROR_INVALID_PARAMETER;
  struct entry entry = {0};
  NET_LUID luid = 0;
  uint32_t code = find_interface(row, &neighbour, &luid);
  if (!code) code = resolve(&neighbour, &entry);
  if (code) return code;
  row->InterfaceIndex = neighbour.interface_index;
  row->InterfaceLuid = luid;
  memset(row->PhysicalAddress, 0, sizeof row->PhysicalAddress);
  memcpy(row->PhysicalAddress, entry.physical, entry.physical_size);
  row->PhysicalAddressLength = entry.physical_size;
  row->State = entry.state & NUD_REACHABLE ? NEIGHBOUR_REACHABLE : NEIGHBOUR_PERMANENT;
  row->Flags = 0;
  row->ReachabilityTime = 0;
  return NO_ERROR;
}
