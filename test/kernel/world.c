#include "world.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "faults.h"

enum { EVENT_SIZE = 64 * 1024, RELOAD_ATTEMPTS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct world world = {.requests = {.fd = -1}};
static struct netlink_socket events = {.fd = -1};
static uint8_t *event_buffer;
static bool routes_valid, links_valid;
static atomic_bool links_forgotten;

static int open_sockets(void) {
  if (!event_buffer && !(event_buffer = malloc(EVENT_SIZE))) return -ENOMEM;
  int error = 0;
  if (events.fd < 0) {
    error = netlink_open(&events, RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
    routes_valid = links_valid = false;
  }
  if (!error && world.requests.fd < 0) error = netlink_open(&world.requests, 0);
  return error;
}

static void apply_event(const struct nlmsghdr *message) {
  switch (message->nlmsg_type) {
    case RTM_NEWROUTE: case RTM_DELROUTE:
      if (routes_valid) routes_valid = route_index_apply(&world.routes, message, NULL, NULL);
      break;
    case RTM_NEWLINK: case RTM_DELLINK: case RTM_NEWADDR: case RTM_DELADDR:
      links_valid = routes_valid = false; /* IPv4 drops routes with a link or an address without an event for each */
      break;
    default: break;
  }
}

/* Events are queued by the kernel before the change returns to whoever made it: what is done is known after this. */
static void drain_events(void) {
  for (;;) {
    int length = netlink_receive_events(&events, event_buffer, EVENT_SIZE);
    if (length == 0) {
      world.routes.replaying = false;
      return;
    }
    if (length < 0) {
      links_valid = routes_valid = false; /* an overrun; read on to empty the queue */
      if (length != -ENOBUFS) return;
      continue;
    }
    int left = length;
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)event_buffer; NLMSG_OK(message, (unsigned)left);
         message = NLMSG_NEXT(message, left))
      apply_event(message);
  }
}

int world_reload_links(void) {
  struct links fresh;
  int error = links_load(&fresh);
  if (error) return error;
  links_free(&world.links);
  world.links = fresh;
  links_valid = true;
  return 0;
}

static int bring_up_to_date(bool routes) {
  int error = open_sockets();
  if (error) return error;
  drain_events();
  if (atomic_exchange(&links_forgotten, false)) links_valid = false;
  if (!links_valid && (error = world_reload_links())) return error;
  if (!routes) return 0;
  /* What arrives during the reading is older or newer than it; in a storm the last attempt is the answer,
   * and the next call reads again. */
  for (int attempt = 0; !routes_valid && attempt < RELOAD_ATTEMPTS; attempt++) {
    if ((error = netlink_barrier(&world.requests))) return error;
    int result = route_index_reload(&world.routes, AF_UNSPEC, NULL, NULL);
    if (result < 0) return result;
    routes_valid = true; /* for the events that are waiting */
    drain_events();
    routes_valid = routes_valid && !result;
  }
  return links_valid ? 0 : world_reload_links();
}

int world_enter(bool routes, struct world **entered) {
  rig_configure_once();
  pthread_mutex_lock(&lock);
  int error = bring_up_to_date(routes);
  if (error) pthread_mutex_unlock(&lock);
  else *entered = &world;
  return error;
}

void world_forget_links(void) { links_forgotten = true; }

void world_leave(void) { pthread_mutex_unlock(&lock); }

int world_copy_links(struct links *links) {
  struct world *entered;
  int error = world_enter(false, &entered);
  if (error) return error;
  error = links_copy(links, &entered->links);
  world_leave();
  return error;
}
