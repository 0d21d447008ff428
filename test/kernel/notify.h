/* A registration for changes: a socket for events, a thread, and what was last known, to tell changes from. */
#ifndef RIG_NOTIFY_H
#define RIG_NOTIFY_H

#include <stdatomic.h>

#include "exports.h"
#include "links.h"
#include "netlink.h"
#include "platform.h"
#include "route-index.h"

struct registration;

struct watch_kind {
  uint32_t groups_v4, groups_v6, groups_any; /* RTMGRP_ bits */
  /* Negative: an error; 1: done, but to be done again (kernel_routes_dump) */
  int (*load)(struct registration *registration);
  /* false when only a resynchronisation can tell what changed */
  bool (*event)(struct registration *registration, const struct nlmsghdr *message);
  int (*resynchronise)(struct registration *registration);
  void (*initial)(struct registration *registration);
};

struct registration {
  struct registration *next;
  uintptr_t id;
  const struct watch_kind *kind;
  uint8_t family; /* of Linux, AF_UNSPEC for both */
  bool wants_initial;
  union { RouteCallback route; InterfaceCallback interface; AddressCallback address; } callback;
  void *context;
  struct netlink_socket events, requests;
  int wake; /* eventfd: look at `stopping` and `stale` */
  atomic_bool stopping, stale;
  struct rig_thread *thread;
  struct route_index routes; /* of route registrations */
  struct links links;
};

/* Takes over the filled-in part of `wanted` (kind to context); `handle` receives the id. */
uint32_t notify_register(const struct registration *wanted, uint16_t windows_family, HANDLE *handle);

/* Something that the kernel knows nothing of changed: an interface metric. */
void notify_all_look_again(void);

bool notify_is_for(const struct registration *registration, uint8_t family);

#endif
