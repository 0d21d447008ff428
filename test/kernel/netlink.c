#include "netlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "windows-types.h"

enum {
  RECEIVE_SIZE = 64 * 1024,              /* the kernel fills up to 32 KiB of a dump at a time, if the reader offers it */
  EVENT_BUFFER_SIZE = 256 * 1024 * 1024, /* a limit, not an allocation: some 250,000 route events */
  DUMP_ATTEMPTS = 25,
};

void *message_begin(struct netlink_message *message, uint16_t type, uint16_t flags, size_t fixed_size) {
  memset(message, 0, sizeof *message);
  message->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed_size);
  message->header.nlmsg_type = type;
  message->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  return message->body;
}

void message_put(struct netlink_message *message, uint16_t type, const void *data, size_t size) {
  size_t start = NLMSG_ALIGN(message->header.nlmsg_len);
  if (start + RTA_SPACE(size) > sizeof *message) abort(); /* our own messages are small: a defect of the rig */
  struct rtattr *attribute = (struct rtattr *)((uint8_t *)message + start);
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(size);
  memcpy(RTA_DATA(attribute), data, size);
  message->header.nlmsg_len = (uint32_t)(start + RTA_SPACE(size));
}

void message_put_u32(struct netlink_message *message, uint16_t type, uint32_t value) {
  message_put(message, type, &value, sizeof value);
}

void attributes_parse(const struct rtattr *first, size_t size, const struct rtattr **found, unsigned max) {
  memset(found, 0, (max + 1) * sizeof *found);
  int left = (int)size;
  for (const struct rtattr *attribute = first; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    unsigned type = attribute->rta_type & ~(unsigned)(NLA_F_NESTED | NLA_F_NET_BYTEORDER);
    if (type <= max) found[type] = attribute;
  }
}

uint32_t attribute_u32(const struct rtattr *attribute) {
  uint32_t value = 0;
  if (attribute && RTA_PAYLOAD(attribute) >= sizeof value) memcpy(&value, RTA_DATA(attribute), sizeof value);
  return value;
}

int netlink_open(struct netlink_socket *sock, uint32_t groups) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  int one = 1, size = EVENT_BUFFER_SIZE;
  if (groups) {
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* unprivileged: capped, an overrun is handled */
  }
  /* Without strict checking the kernel ignores filters and does not tell of mistakes in requests. */
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  sock->fd = fd;
  sock->sequence = 0;
  return 0;
}

void netlink_close(struct netlink_socket *sock) {
  if (sock->fd >= 0) close(sock->fd);
  sock->fd = -1;
}

static int send_message(struct netlink_socket *sock, struct netlink_message *message) {
  message->header.nlmsg_seq = ++sock->sequence;
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent;
  do {
    sent = sendto(sock->fd, message, message->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : 0;
}

/* One datagram from the kernel (port 0): other processes may write to a netlink port too. */
static ssize_t receive_from_kernel(int fd, void *buffer, size_t size, int flags) {
  for (;;) {
    struct sockaddr_nl sender = {0};
    struct iovec vector = {buffer, size};
    struct msghdr header = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &vector, .msg_iovlen = 1};
    ssize_t length = recvmsg(fd, &header, flags);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return -errno;
    if (header.msg_flags & MSG_TRUNC) return -EMSGSIZE;
    if (sender.nl_pid == 0) return length;
  }
}

struct reply { bool finished, interrupted; int error; };

static void read_reply(const uint8_t *buffer, ssize_t length, uint32_t sequence, const struct netlink_visitor *visitor,
                       struct reply *reply) {
  int left = (int)length;
  for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer; NLMSG_OK(message, (unsigned)left);
       message = NLMSG_NEXT(message, left)) {
    if (message->nlmsg_seq != sequence) continue; /* the late answer of a request that was given up */
    if (message->nlmsg_flags & NLM_F_DUMP_INTR) reply->interrupted = true;
    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
      /* Both carry an error first: an acknowledgement is an error of 0, DONE may report why a dump stopped. */
      int error = 0;
      if (message->nlmsg_len >= NLMSG_LENGTH(sizeof error)) memcpy(&error, NLMSG_DATA(message), sizeof error);
      reply->error = error;
      reply->finished = true;
    } else if (message->nlmsg_type >= RTM_BASE && visitor) {
      visitor->visit(message, visitor->context);
    }
  }
}

static int exchange(struct netlink_socket *sock, struct netlink_message *message, const struct netlink_visitor *visitor,
                    struct reply *reply) {
  uint8_t *buffer = malloc(RECEIVE_SIZE); /* not on the stack: threads under Wine have small ones */
  if (!buffer) return -ENOMEM;
  int error = send_message(sock, message);
  while (!error && !reply->finished) {
    ssize_t length = receive_from_kernel(sock->fd, buffer, RECEIVE_SIZE, 0);
    if (length < 0) error = (int)length;
    else read_reply(buffer, length, sock->sequence, visitor, reply);
  }
  free(buffer);
  return error ? error : reply->error;
}

int netlink_request(struct netlink_socket *sock, struct netlink_message *message, const struct netlink_visitor *visitor) {
  struct reply reply = {0};
  message->header.nlmsg_flags |= NLM_F_ACK;
  return exchange(sock, message, visitor, &reply);
}

/* A dump has a socket of its own, so that a long one holds up nobody. */
int netlink_dump(struct netlink_message *message, const struct netlink_visitor *visitor) {
  struct netlink_socket sock;
  int error = netlink_open(&sock, 0);
  if (error) return error;
  message->header.nlmsg_flags |= NLM_F_DUMP;
  for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
    struct reply reply = {0};
    if (attempt && visitor->restart) visitor->restart(visitor->context);
    error = exchange(&sock, message, visitor, &reply);
    if (error || !reply.interrupted) break; /* under an endless storm the last attempt is the answer */
  }
  netlink_close(&sock);
  return error;
}

int netlink_receive_events(struct netlink_socket *sock, void *buffer, size_t size) {
  ssize_t length = receive_from_kernel(sock->fd, buffer, size, MSG_DONTWAIT);
  return length == -EAGAIN ? 0 : (int)length;
}

bool netlink_saw_events(struct netlink_socket *sock) {
  bool saw = false;
  uint8_t byte;
  for (;;) {
    ssize_t length = recv(sock->fd, &byte, sizeof byte, MSG_DONTWAIT); /* takes the whole datagram from the queue */
    if (length < 0 && errno == EAGAIN) return saw;
    if (length < 0 && errno != EINTR && errno != ENOBUFS) return true;
    saw = true;
  }
}

int netlink_barrier(struct netlink_socket *sock) {
  struct netlink_message message;
  struct ifinfomsg *link = message_begin(&message, RTM_GETLINK, 0, sizeof *link);
  link->ifi_index = 1;
  int error = netlink_request(sock, &message, NULL);
  return error == -ENODEV ? 0 : error;
}

uint32_t win32_from_errno(int error) {
  switch (error < 0 ? -error : error) {
    case 0: return NO_ERROR;
    case EPERM: case EACCES: return ERROR_ACCESS_DENIED;
    case ENOMEM: case ENOBUFS: return ERROR_NOT_ENOUGH_MEMORY;
    case EINVAL: case ERANGE: return ERROR_INVALID_PARAMETER;
    case EEXIST: return ERROR_OBJECT_ALREADY_EXISTS;
    case ESRCH: case ENOENT: case ENODEV: case ENXIO: case ENETDOWN: return ERROR_NOT_FOUND;
    case ENETUNREACH: case EHOSTUNREACH: return ERROR_NETWORK_UNREACHABLE;
    case EAFNOSUPPORT: case EOPNOTSUPP: return ERROR_NOT_SUPPORTED;
    default: return ERROR_GEN_FAILURE;
  }
}
