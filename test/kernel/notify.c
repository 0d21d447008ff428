#include "notify.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faults.h"
#include "row-convert.h"

enum { EVENT_SIZE = 64 * 1024, RETRY_MS = 100 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct registration *registrations;
static uintptr_t last_id;

bool notify_is_for(const struct registration *registration, uint8_t family) {
  return registration->family == AF_UNSPEC || registration->family == family;
}

static void handle_events(struct registration *registration, const uint8_t *buffer, int length) {
  for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer; NLMSG_OK(message, (unsigned)length);
       message = NLMSG_NEXT(message, length)) {
    if (registration->stopping) return;
    if (!registration->kind->event(registration, message)) registration->stale = true;
  }
}

static void drain_events(struct registration *registration, uint8_t *buffer) {
  while (!registration->stopping) {
    int length = netlink_receive_events(&registration->events, buffer, EVENT_SIZE);
    if (length == 0) {
      registration->routes.replaying = false;
      return;
    }
    if (length > 0) handle_events(registration, buffer, length);
    else registration->stale = true; /* an overrun: events are lost, the rest of the queue still is read */
    if (length < 0 && length != -ENOBUFS) return;
  }
}

static bool resynchronise(struct registration *registration) {
  registration->stale = false; /* before the reading: what comes during it asks for another */
  int result = netlink_barrier(&registration->requests);
  if (!result) result = registration->kind->resynchronise(registration);
  if (result) registration->stale = true; /* an error, or a reading that was disturbed */
  return !result;
}

static void watch(void *context) {
  struct registration *registration = context;
  uint8_t *buffer = malloc(EVENT_SIZE);
  struct pollfd sources[] = {{registration->wake, POLLIN, 0}, {registration->events.fd, POLLIN, 0}};
  if (registration->wants_initial && !registration->stopping) registration->kind->initial(registration);
  int timeout = 0; /* what came during the first reading is looked at first */
  while (buffer && !registration->stopping) {
    poll(sources, 2, timeout);
    uint64_t count;
    if (sources[0].revents & POLLIN && read(registration->wake, &count, sizeof count) < 0 && errno != EINTR) break;
    drain_events(registration, buffer);
    timeout = !registration->stale || registration->stopping ? -1 : resynchronise(registration) ? 0 : RETRY_MS;
  }
  free(buffer);
}

static void destroy(struct registration *registration) {
  netlink_close(&registration->events);
  netlink_close(&registration->requests);
  if (registration->wake >= 0) close(registration->wake);
  route_index_free(&registration->routes);
  links_free(&registration->links);
  free(registration);
}

static int open_registration(struct registration *registration) {
  const struct watch_kind *kind = registration->kind;
  uint32_t groups = kind->groups_any;
  if (notify_is_for(registration, AF_INET)) groups |= kind->groups_v4;
  if (notify_is_for(registration, AF_INET6)) groups |= kind->groups_v6;
  int error = netlink_open(&registration->events, groups);
  if (!error) error = netlink_open(&registration->requests, 0);
  if (!error && (registration->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) error = -errno;
  /* Before the caller goes on, so that its next change is a change to us. */
  return error ? error : kind->load(registration);
}

uint32_t notify_register(const struct registration *wanted, uint16_t family, HANDLE *handle) {
  if (!handle || !wanted->callback.route || (family != WIN_AF_UNSPEC && !linux_family(family))) return ERROR_INVALID_PARAMETER;
  struct registration *registration = malloc(sizeof *registration);
  if (!registration) return ERROR_NOT_ENOUGH_MEMORY;
  *registration = *wanted;
  registration->family = linux_family(family);
  registration->events.fd = registration->requests.fd = registration->wake = -1;
  int result = open_registration(registration);
  if (result < 0) {
    destroy(registration);
    return win32_from_errno(result);
  }
  registration->stale = result > 0;
  /* The handle is stored before the first callback can run. */
  pthread_mutex_lock(&lock);
  registration->id = ++last_id;
  *handle = (HANDLE)registration->id;
  registration->thread = rig_thread_start(watch, registration);
  if (registration->thread) {
    registration->next = registrations;
    registrations = registration;
  }
  pthread_mutex_unlock(&lock);
  if (registration->thread) return NO_ERROR;
  *handle = NULL;
  destroy(registration);
  return ERROR_NOT_ENOUGH_MEMORY;
}

static void wake(const struct registration *registration) {
  uint64_t one = 1;
  while (write(registration->wake, &one, sizeof one) < 0 && errno == EINTR) continue;
}

void notify_all_look_again(void) {
  pthread_mutex_lock(&lock);
  for (struct registration *registration = registrations; registration; registration = registration->next) {
    registration->stale = true;
    wake(registration);
  }
  pthread_mutex_unlock(&lock);
}

/* Takes the registration out of the list, so that a second cancel finds nothing. */
static uint32_t take(uintptr_t id, struct registration **taken) {
  uint32_t code = ERROR_INVALID_PARAMETER;
  pthread_mutex_lock(&lock);
  for (struct registration **link = &registrations; *link; link = &(*link)->next) {
    if ((*link)->id != id) continue;
    code = rig_thread_is_current((*link)->thread) ? ERROR_POSSIBLE_DEADLOCK : NO_ERROR;
    *taken = *link;
    if (!code) *link = (*link)->next;
    break;
  }
  pthread_mutex_unlock(&lock);
  return code;
}

DWORD WINAPI CancelMibChangeNotify2(HANDLE handle) {
  RIG_ENTER(CancelMibChangeNotify2);
  struct registration *registration = NULL;
  uint32_t code = take((uintptr_t)handle, &registration);
  if (code) return code;
  registration->stopping = true;
  wake(registration);
  rig_thread_join(registration->thread); /* waits for a callback that is running, as Windows does */
  destroy(registration);
  return NO_ERROR;
}
