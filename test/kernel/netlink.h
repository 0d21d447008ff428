/* Raw rtnetlink: requests with an acknowledgement, complete dumps, multicast events. Errors are negative errno values. */
#ifndef RIG_NETLINK_H
#define RIG_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_socket { int fd; uint32_t sequence; };

/* One request: the fixed part of its type (rtmsg, ifinfomsg …) and attributes. */
struct netlink_message { struct nlmsghdr header; uint8_t body[512]; };

struct netlink_visitor {
  void (*visit)(const struct nlmsghdr *message, void *context);
  void (*restart)(void *context); /* forget what was visited: the dump was interrupted and starts again */
  void *context;
};

void *message_begin(struct netlink_message *message, uint16_t type, uint16_t flags, size_t fixed_size);
void message_put(struct netlink_message *message, uint16_t type, const void *data, size_t size);
void message_put_u32(struct netlink_message *message, uint16_t type, uint32_t value);

/* Fills `found[0..max]` with the attributes of that type, the last one of each; others are NULL. */
void attributes_parse(const struct rtattr *first, size_t size, const struct rtattr **found, unsigned max);
uint32_t attribute_u32(const struct rtattr *attribute);

/* `groups` is the RTMGRP_ bit mask, 0 for a socket for requests. */
int netlink_open(struct netlink_socket *socket, uint32_t groups);
void netlink_close(struct netlink_socket *socket);
int netlink_request(struct netlink_socket *socket, struct netlink_message *message, const struct netlink_visitor *visitor);
int netlink_dump(struct netlink_message *message, const struct netlink_visitor *visitor);

/* One datagram of events without waiting: bytes, 0 when there is none, -ENOBUFS after an overrun. */
int netlink_receive_events(struct netlink_socket *socket, void *buffer, size_t size);

/* Whether any event is waiting (or was lost); they are thrown away. `socket` has no other use. */
bool netlink_saw_events(struct netlink_socket *socket);

/* Returns once changes that were under way when it was called are complete (the kernel's configuration lock is taken). */
int netlink_barrier(struct netlink_socket *socket);

uint32_t win32_from_errno(int error);

#endif
