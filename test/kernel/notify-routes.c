/* NotifyRouteChange2. */
#include <string.h>

#include "faults.h"
#include "notify.h"
#include "row-convert.h"

/* Only the type of the interface is needed, and that does not change while it lives. */
static struct link link_of(struct registration *registration, uint32_t index) {
  const struct link *link = links_find(&registration->links, index);
  struct links fresh;
  if (!link && !links_load(&fresh)) {
    links_free(&registration->links);
    registration->links = fresh;
    link = links_find(&registration->links, index);
  }
  return link ? *link : (struct link){.index = index, .type = IF_TYPE_ETHERNET}; /* gone already: its routes go too */
}

static void tell_change(const struct kernel_route *route, int32_t type, void *context) {
  struct registration *registration = context;
  if (registration->stopping) return;
  MIB_IPFORWARD_ROW2 row;
  struct link link = link_of(registration, route->interface_index);
  row2_write_key(&row, route, &link);
  registration->callback.route(registration->context, &row, type);
}

static int load(struct registration *registration) {
  int error = links_load(&registration->links);
  return error ? error : route_index_load(&registration->routes, registration->family);
}

static bool event(struct registration *registration, const struct nlmsghdr *message) {
  switch (message->nlmsg_type) {
    case RTM_NEWROUTE: case RTM_DELROUTE:
      return route_index_apply(&registration->routes, message, tell_change, registration);
    case RTM_NEWLINK: case RTM_DELLINK: case RTM_DELADDR:
      return false; /* IPv4 drops routes with a link or an address without an event for each */
    default: return true;
  }
}

static int resynchronise(struct registration *registration) {
  return route_index_reload(&registration->routes, registration->family, tell_change, registration);
}

static void initial(struct registration *registration) {
  registration->callback.route(registration->context, NULL, NOTIFY_INITIAL);
}

static const struct watch_kind routes = {
    .groups_v4 = RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_IFADDR,
    .groups_v6 = RTMGRP_IPV6_ROUTE,
    .groups_any = RTMGRP_LINK,
    .load = load,
    .event = event,
    .resynchronise = resynchronise,
    .initial = initial,
};

DWORD WINAPI NotifyRouteChange2(uint16_t family, RouteCallback callback, void *context, BOOLEAN initial_notification,
                                HANDLE *handle) {
  RIG_ENTER(NotifyRouteChange2);
  struct registration wanted = {
      .kind = &routes, .callback.route = callback, .context = context, .wants_initial = initial_notification};
  return notify_register(&wanted, family, handle);
}
