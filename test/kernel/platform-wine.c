/* Node's callbacks need a thread that Windows knows. The only file that includes windows.h: it clashes with the netlink headers. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdlib.h>

#include "platform.h"

struct rig_thread { HANDLE handle; DWORD id; void (*run)(void *context); void *context; };

static DWORD WINAPI enter(void *argument) {
  struct rig_thread *thread = argument;
  thread->run(thread->context);
  return 0;
}

struct rig_thread *rig_thread_start(void (*run)(void *context), void *context) {
  struct rig_thread *thread = malloc(sizeof *thread);
  if (!thread) return NULL;
  thread->run = run;
  thread->context = context;
  thread->handle = CreateThread(NULL, 0, enter, thread, CREATE_SUSPENDED, &thread->id);
  if (!thread->handle) {
    free(thread);
    return NULL;
  }
  ResumeThread(thread->handle); /* suspended until its id is stored */
  return thread;
}

void rig_thread_join(struct rig_thread *thread) {
  WaitForSingleObject(thread->handle, INFINITE);
  CloseHandle(thread->handle);
  free(thread);
}

bool rig_thread_is_current(const struct rig_thread *thread) { return thread->id == GetCurrentThreadId(); }
