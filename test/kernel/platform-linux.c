#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "platform.h"

struct rig_thread { pthread_t id; void (*run)(void *context); void *context; };

static void *enter(void *argument) {
  struct rig_thread *thread = argument;
  thread->run(thread->context);
  return NULL;
}

struct rig_thread *rig_thread_start(void (*run)(void *context), void *context) {
  struct rig_thread *thread = malloc(sizeof *thread);
  if (!thread) return NULL;
  thread->run = run;
  thread->context = context;
  /* The host program's signals are for its own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&thread->id, NULL, enter, thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!error) return thread;
  free(thread);
  return NULL;
}

void rig_thread_join(struct rig_thread *thread) {
  pthread_join(thread->id, NULL);
  free(thread);
}

bool rig_thread_is_current(const struct rig_thread *thread) { return pthread_equal(thread->id, pthread_self()); }
