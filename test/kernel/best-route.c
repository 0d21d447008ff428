/*
 * The kernel is asked twice: for the row that matches (RTM_F_FIB_MATCH) and for what it resolves to, because only the second
 * names the source address, and which of several next hops is taken.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "exports.h"
#include "faults.h"
#include "route-write.h"
#include "row-convert.h"

struct question { uint8_t family; const uint8_t *destination, *source; uint32_t interface_index; };

struct answer {
  struct kernel_route row;
  bool found, chosen;
  uint8_t source[16], next_hop[16];
  uint32_t interface_index;
  bool resolved;
};

static void take_hop(const struct kernel_route *route, void *context) {
  struct answer *answer = context;
  bool chosen = answer->resolved && route->interface_index == answer->interface_index &&
                !memcmp(route->next_hop, answer->next_hop, sizeof answer->next_hop);
  if (!kernel_route_is_row(route) || (answer->found && (answer->chosen || !chosen))) return;
  answer->row = *route;
  answer->found = true;
  answer->chosen = chosen;
}

static void read_match(const struct nlmsghdr *message, void *context) {
  if (message->nlmsg_type == RTM_NEWROUTE) kernel_route_parse(message, take_hop, context);
}

static void read_resolved(const struct nlmsghdr *message, void *context) {
  struct answer *answer = context;
  const struct rtmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWROUTE) return;
  const struct rtattr *found[RTA_MAX + 1];
  attributes_parse(RTM_RTA(header), RTM_PAYLOAD(message), found, RTA_MAX);
  size_t size = address_size(header->rtm_family);
  if (found[RTA_PREFSRC] && RTA_PAYLOAD(found[RTA_PREFSRC]) >= size) memcpy(answer->source, RTA_DATA(found[RTA_PREFSRC]), size);
  if (found[RTA_GATEWAY] && RTA_PAYLOAD(found[RTA_GATEWAY]) >= size) memcpy(answer->next_hop, RTA_DATA(found[RTA_GATEWAY]), size);
  answer->interface_index = attribute_u32(found[RTA_OIF]);
  answer->resolved = true;
}

static int ask(struct world *world, const struct question *question, bool match, struct answer *answer) {
  struct netlink_message message;
  struct netlink_visitor visitor = {match ? read_match : read_resolved, NULL, answer};
  struct rtmsg *header = message_begin(&message, RTM_GETROUTE, 0, sizeof *header);
  size_t size = address_size(question->family);
  uint8_t destination[16];
  memcpy(destination, question->destination, size);
  /* The unspecified address asks for the default route; Linux would answer that it is the host itself. */
  bool unspecified = prefix_is_canonical(destination, question->family, 0);
  if (unspecified) destination[size - 1] = 2;
  header->rtm_family = question->family;
  header->rtm_dst_len = (uint8_t)(size * 8);
  header->rtm_flags = match ? RTM_F_FIB_MATCH : 0;
  message_put(&message, RTA_DST, destination, size);
  if (question->source && !prefix_is_canonical(question->source, question->family, 0)) {
    header->rtm_src_len = (uint8_t)(size * 8);
    message_put(&message, RTA_SRC, question->source, size);
  }
  if (question->interface_index) message_put_u32(&message, RTA_OIF, question->interface_index);
  return netlink_request(&world->requests, &message, &visitor);
}

static uint32_t find_best(struct world *world, const struct question *question, struct answer *answer) {
  memset(answer, 0, sizeof *answer);
  int error = ask(world, question, false, answer);
  if (!error) error = ask(world, question, true, answer);
  if (error == -EACCES || error == -ENOENT || error == -ESRCH || error == -EINVAL) /* prohibit, blackhole and the like */
    return error == -EINVAL && question->source ? ERROR_INVALID_PARAMETER : ERROR_NETWORK_UNREACHABLE;
  if (error) return win32_from_errno(error);
  if (question->source) memcpy(answer->source, question->source, address_size(question->family)); /* the kernel leaves it out */
  return answer->found ? NO_ERROR : ERROR_NETWORK_UNREACHABLE;
}

static const uint8_t *bytes_of(const SOCKADDR_INET *address) {
  return address->Family == WIN_AF_INET ? address->V4 : address->V6.Address;
}

/* A link-local destination has no meaning without its interface, and says it in the scope id. */
static uint32_t scope_of(const SOCKADDR_INET *address) {
  return address->Family == WIN_AF_INET6 ? address->V6.ScopeId : 0;
}

DWORD WINAPI GetBestRoute2(NET_LUID *luid, NET_IFINDEX index, const SOCKADDR_INET *source, const SOCKADDR_INET *destination,
                           ULONG sort_options, MIB_IPFORWARD_ROW2 *best, SOCKADDR_INET *best_source) {
  RIG_ENTER(GetBestRoute2);
  (void)sort_options; /* concerns the choice among several destinations */
  if (!destination || !best || !best_source || !linux_family(destination->Family)) return ERROR_INVALID_PARAMETER;
  if (source && source->Family && source->Family != destination->Family) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  NET_LUID wanted = luid ? *luid : 0;
  bool restricted = wanted || index;
  const struct link *link = restricted ? links_select(&world->links, wanted, index) : NULL;
  uint32_t code = restricted && !link ? ERROR_FILE_NOT_FOUND : NO_ERROR;
  struct question question = {linux_family(destination->Family), bytes_of(destination),
                              source && source->Family ? bytes_of(source) : NULL,
                              link ? link->index : scope_of(destination)};
  struct answer answer;
  if (!code) code = find_best(world, &question, &answer);
  if (!code && !(link = links_find(&world->links, answer.row.interface_index))) code = ERROR_NETWORK_UNREACHABLE;
  if (!code) {
    row2_write(best, &answer.row, link);
    socket_address_write(best_source, question.family, answer.source, answer.interface_index);
  }
  world_leave();
  return code;
}

DWORD WINAPI GetBestRoute(DWORD destination, DWORD source, MIB_IPFORWARDROW *best) {
  RIG_ENTER(GetBestRoute);
  if (!best) return ERROR_INVALID_PARAMETER;
  struct world *world;
  int error = world_enter(false, &world);
  if (error) return win32_from_errno(error);
  struct question question = {AF_INET, (const uint8_t *)&destination, source ? (const uint8_t *)&source : NULL, 0};
  struct answer answer;
  uint32_t code = find_best(world, &question, &answer);
  const struct link *link = code ? NULL : links_find(&world->links, answer.row.interface_index);
  if (link) classic_write(best, &answer.row, link, &world->links);
  else if (!code) code = ERROR_NETWORK_UNREACHABLE;
  world_leave();
  return code;
}
