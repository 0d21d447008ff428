/* What the writing and asking functions share: the sockets, the interfaces, the index of routes, under one lock. */
#ifndef RIG_WORLD_H
#define RIG_WORLD_H

#include "links.h"
#include "netlink.h"
#include "route-index.h"

struct world {
  struct netlink_socket requests;
  struct links links;
  struct route_index routes; /* current only after world_enter(true) */
};

/* Takes the lock and brings the interfaces (and the routes) up to date. On an error the lock is not held. */
int world_enter(bool routes, struct world **world);
void world_leave(void);

/* Under the lock: reads the interfaces again now, for what the kernel changes without an event. */
int world_reload_links(void);
/* The interface metrics of the rig changed: the next to enter reads the interfaces again. */
void world_forget_links(void);
/* A snapshot of the interfaces for use without the lock. */
int world_copy_links(struct links *links);

#endif
