/* NotifyIpInterfaceChange and NotifyUnicastIpAddressChange: an event leads to a reading, the difference is told. */
#include <string.h>
#include <sys/socket.h>

#include "faults.h"
#include "notify.h"
#include "row-convert.h"

static int load(struct registration *registration) { return links_load(&registration->links); }

static bool any_event(struct registration *registration, const struct nlmsghdr *message) {
  (void)registration, (void)message;
  return false;
}

static void tell_interface(struct registration *registration, const struct link *link, int slot, int32_t type) {
  MIB_IPINTERFACE_ROW row;
  if (registration->stopping) return;
  memset(&row, 0, sizeof row);
  row.Family = slot == FAMILY_V4 ? WIN_AF_INET : WIN_AF_INET6;
  row.InterfaceLuid = link_luid(link);
  row.InterfaceIndex = link->index;
  registration->callback.interface(registration->context, &row, type);
}

static bool same_state(const struct link *a, const struct link *b, int slot) {
  const struct link_family *x = &a->families[slot], *y = &b->families[slot];
  return a->flags == b->flags && a->carrier == b->carrier && a->oper_state == b->oper_state &&
         !strcmp(a->name, b->name) && x->mtu == y->mtu && x->metric == y->metric && x->forwarding == y->forwarding &&
         x->automatic_metric == y->automatic_metric;
}

static void compare_links(struct registration *registration, const struct links *before, const struct links *after, int slot) {
  if (!notify_is_for(registration, slot == FAMILY_V4 ? AF_INET : AF_INET6)) return;
  for (size_t i = 0; i < after->link_count; i++) {
    const struct link *now = &after->links[i], *then = links_find(before, now->index);
    bool is = now->families[slot].bound, was = then && then->families[slot].bound;
    if (is && !was) tell_interface(registration, now, slot, NOTIFY_ADD);
    else if (was && !is) tell_interface(registration, then, slot, NOTIFY_DELETE);
    else if (is && !same_state(now, then, slot)) tell_interface(registration, now, slot, NOTIFY_PARAMETER);
  }
  for (size_t i = 0; i < before->link_count; i++) {
    const struct link *then = &before->links[i];
    if (then->families[slot].bound && !links_find(after, then->index)) tell_interface(registration, then, slot, NOTIFY_DELETE);
  }
}

static int resynchronise_interfaces(struct registration *registration) {
  struct links before = registration->links, after;
  int error = links_load(&after);
  if (error) return error;
  registration->links = after;
  for (int slot = 0; slot < FAMILY_COUNT; slot++) compare_links(registration, &before, &after, slot);
  links_free(&before);
  return 0;
}

static void initial_interface(struct registration *registration) {
  registration->callback.interface(registration->context, NULL, NOTIFY_INITIAL);
}

static const struct watch_kind interfaces = {
    .groups_any = RTMGRP_LINK,
    .load = load,
    .event = any_event,
    .resynchronise = resynchronise_interfaces,
    .initial = initial_interface,
};

DWORD WINAPI NotifyIpInterfaceChange(uint16_t family, InterfaceCallback callback, void *context, BOOLEAN initial,
                                     HANDLE *handle) {
  RIG_ENTER(NotifyIpInterfaceChange);
  struct registration wanted = {
      .kind = &interfaces, .callback.interface = callback, .context = context, .wants_initial = initial};
  return notify_register(&wanted, family, handle);
}

static const struct address *find_address(const struct links *links, const struct address *like) {
  for (size_t i = 0; i < links->address_count; i++) {
    const struct address *address = &links->addresses[i];
    if (address->interface_index == like->interface_index && address->family == like->family &&
        address->prefix_length == like->prefix_length && !memcmp(address->bytes, like->bytes, sizeof like->bytes))
      return address;
  }
  return NULL;
}

static void tell_address(struct registration *registration, const struct address *address, int32_t type) {
  MIB_UNICASTIPADDRESS_ROW row;
  if (registration->stopping || !notify_is_for(registration, address->family)) return;
  const struct link *link = links_find(&registration->links, address->interface_index);
  struct link gone = {.index = address->interface_index, .type = IF_TYPE_ETHERNET};
  memset(&row, 0, sizeof row);
  socket_address_write(&row.Address, address->family, address->bytes, address->interface_index);
  row.InterfaceLuid = link_luid(link ? link : &gone);
  row.InterfaceIndex = address->interface_index;
  registration->callback.address(registration->context, &row, type);
}

static int resynchronise_addresses(struct registration *registration) {
  struct links before = registration->links, after;
  int error = links_load(&after);
  if (error) return error;
  registration->links = after;
  for (size_t i = 0; i < after.address_count; i++) {
    const struct address *now = &after.addresses[i], *then = find_address(&before, now);
    if (!then) tell_address(registration, now, NOTIFY_ADD);
    else if (then->flags != now->flags) tell_address(registration, now, NOTIFY_PARAMETER);
  }
  for (size_t i = 0; i < before.address_count; i++)
    if (!find_address(&after, &before.addresses[i])) tell_address(registration, &before.addresses[i], NOTIFY_DELETE);
  links_free(&before);
  return 0;
}

static void initial_address(struct registration *registration) {
  registration->callback.address(registration->context, NULL, NOTIFY_INITIAL);
}

static const struct watch_kind addresses = {
    .groups_v4 = RTMGRP_IPV4_IFADDR,
    .groups_v6 = RTMGRP_IPV6_IFADDR,
    .groups_any = RTMGRP_LINK,
    .load = load,
    .event = any_event,
    .resynchronise = resynchronise_addresses,
    .initial = initial_address,
};

DWORD WINAPI NotifyUnicastIpAddressChange(uint16_t family, AddressCallback callback, void *context, BOOLEAN initial,
                                          HANDLE *handle) {
  RIG_ENTER(NotifyUnicastIpAddressChange);
  struct registration wanted = {
      .kind = &addresses, .callback.address = callback, .context = context, .wants_initial = initial};
  return notify_register(&wanted, family, handle);
}
