/* Threads that may call back into the host program: pthreads on Linux, CreateThread under Wine (platform-*.c). */
#ifndef RIG_PLATFORM_H
#define RIG_PLATFORM_H

#include <stdbool.h>

struct rig_thread;

struct rig_thread *rig_thread_start(void (*run)(void *context), void *context);
/* Waits for the end of the thread and frees it. */
void rig_thread_join(struct rig_thread *thread);
bool rig_thread_is_current(const struct rig_thread *thread);

#endif
