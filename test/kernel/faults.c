/*
 * RIG_FAULTS="CreateIpForwardEntry:3:5,GetIpForwardTable2:*:8"  the 3rd call returns 5 and does nothing; every call returns 8
 * RIG_DELAY="CreateIpForwardEntry:20"                           microseconds before each call
 * RIG_TABLE_GROWS=1                      the first GetIpForwardTable with the size just told returns 122 and a larger size
 * RIG_CLASSIC_SET_IGNORES_METRIC=1       SetIpForwardEntry leaves Metric1 alone, as its page's parameter list says
 */
#include "faults.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exports.h"
#include "interface-metric.h"
#include "world.h"

enum { MAX_RULES = 64, MAX_COUNTERS = 64, BUSY_BELOW_US = 100 };

struct fault { char function[48]; uint32_t call, code; /* call 0: all */ };
struct delay { char function[48]; uint32_t microseconds; };
struct counter { const char *function; uint32_t calls; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct fault faults[MAX_RULES];
static struct delay delays[MAX_RULES];
static struct counter counters[MAX_COUNTERS];
static size_t fault_count, delay_count, counter_count;
static bool table_grows, size_was_told, classic_set_ignores_metric;

static bool read_fault(const char *item) {
  struct fault fault = {0};
  char call[16];
  if (sscanf(item, "%47[^:]:%15[^:]:%u", fault.function, call, &fault.code) != 3) return false;
  if (strcmp(call, "*") && !(fault.call = (uint32_t)strtoul(call, NULL, 10))) return false;
  if (fault_count < MAX_RULES) faults[fault_count++] = fault;
  return true;
}

static bool read_delay(const char *item) {
  struct delay delay = {0};
  if (sscanf(item, "%47[^:]:%u", delay.function, &delay.microseconds) != 2) return false;
  if (delay_count < MAX_RULES) delays[delay_count++] = delay;
  return true;
}

/* A rule that is not understood is said aloud: a test whose fault never strikes would pass for the wrong reason. */
static void read_list(const char *name, bool (*read_item)(const char *item)) {
  char *text = getenv(name) ? strdup(getenv(name)) : NULL, *rest = NULL;
  if (!text) return;
  for (char *item = strtok_r(text, ",", &rest); item; item = strtok_r(NULL, ",", &rest))
    if (!read_item(item)) fprintf(stderr, "iphlpapi-kernel: %s: not understood: %s\n", name, item);
  free(text);
}

static bool flag(const char *name) {
  const char *value = getenv(name);
  return value && *value && strcmp(value, "0");
}

static void configure(void) {
  pthread_mutex_lock(&lock);
  fault_count = delay_count = counter_count = 0;
  read_list("RIG_FAULTS", read_fault);
  read_list("RIG_DELAY", read_delay);
  table_grows = flag("RIG_TABLE_GROWS");
  size_was_told = false;
  classic_set_ignores_metric = flag("RIG_CLASSIC_SET_IGNORES_METRIC");
  interface_metric_configure(getenv("RIG_INTERFACE_METRICS"));
  pthread_mutex_unlock(&lock);
}

void rig_configure_once(void) { pthread_once(&once, configure); }

static uint32_t count_call(const char *function) {
  for (size_t i = 0; i < counter_count; i++)
    if (!strcmp(counters[i].function, function)) return ++counters[i].calls;
  if (counter_count < MAX_COUNTERS) counters[counter_count++] = (struct counter){function, 1};
  return 1;
}

static void wait_microseconds(uint32_t microseconds) {
  struct timespec start, now, pause = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
  if (microseconds >= BUSY_BELOW_US) {
    nanosleep(&pause, NULL);
    return;
  }
  clock_gettime(CLOCK_MONOTONIC, &start); /* a sleep this short would take 50 µs more than asked */
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while ((now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec < (long)microseconds * 1000);
}

uint32_t rig_enter(const char *function) {
  uint32_t code = 0, microseconds = 0;
  rig_configure_once();
  pthread_mutex_lock(&lock);
  uint32_t call = count_call(function);
  for (size_t i = 0; i < fault_count; i++)
    if (!strcmp(faults[i].function, function) && (!faults[i].call || faults[i].call == call)) code = faults[i].code;
  for (size_t i = 0; i < delay_count; i++)
    if (!strcmp(delays[i].function, function)) microseconds = delays[i].microseconds;
  pthread_mutex_unlock(&lock);
  if (microseconds) wait_microseconds(microseconds);
  return code;
}

bool rig_table_grows(bool size_call) {
  pthread_mutex_lock(&lock);
  bool grows = table_grows && size_was_told && !size_call;
  if (grows) table_grows = false;
  size_was_told = size_was_told || size_call;
  pthread_mutex_unlock(&lock);
  return grows;
}

bool rig_classic_set_ignores_metric(void) {
  rig_configure_once();
  return classic_set_ignores_metric;
}

DWORD WINAPI RigConfigure(const char *name, const char *value) {
  if (!name || strncmp(name, "RIG_", 4)) return ERROR_INVALID_PARAMETER;
  rig_configure_once();
  if (value ? setenv(name, value, 1) : unsetenv(name)) return ERROR_NOT_ENOUGH_MEMORY;
  configure();
  world_forget_links();
  return NO_ERROR;
}
