#include "interface-metric.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_METRIC = 25, LOOPBACK_METRIC = 75, MAX_OVERRIDES = 1024, MAX_NAMED = 256 };

struct override { uint32_t index, metric; int slot; bool automatic; };
struct named { char name[32]; uint32_t metric; };

/* A lock of its own: notification threads read links too, without the lock of world.h. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct override overrides[MAX_OVERRIDES];
static struct named named[MAX_NAMED];
static size_t override_count, named_count;

void interface_metric_configure(const char *text) {
  pthread_mutex_lock(&lock);
  override_count = named_count = 0;
  for (const char *item = text ? text : ""; *item && named_count < MAX_NAMED;) {
    struct named entry = {0};
    if (sscanf(item, "%31[^=,]=%u", entry.name, &entry.metric) == 2 && entry.metric > 0) named[named_count++] = entry;
    else fprintf(stderr, "iphlpapi-kernel: RIG_INTERFACE_METRICS: not understood: %s\n", item);
    const char *comma = strchr(item, ',');
    item = comma ? comma + 1 : "";
  }
  pthread_mutex_unlock(&lock);
}

static struct override *find(uint32_t index, int slot) {
  for (size_t i = 0; i < override_count; i++)
    if (overrides[i].index == index && overrides[i].slot == slot) return &overrides[i];
  return NULL;
}

void interface_metric_read(struct link *link, int slot) {
  struct link_family *family = &link->families[slot];
  pthread_mutex_lock(&lock);
  const struct override *override = find(link->index, slot);
  family->automatic_metric = true;
  family->metric = link->type == IF_TYPE_LOOPBACK ? LOOPBACK_METRIC : DEFAULT_METRIC;
  for (size_t i = 0; i < named_count; i++) {
    if (strcmp(named[i].name, link->name)) continue;
    if (!override || !override->automatic) family->automatic_metric = false;
    if (!override || !override->automatic) family->metric = named[i].metric;
  }
  if (override && !override->automatic) {
    family->automatic_metric = false;
    family->metric = override->metric;
  }
  pthread_mutex_unlock(&lock);
}

bool interface_metric_set(uint32_t index, int slot, bool automatic, uint32_t metric) {
  pthread_mutex_lock(&lock);
  struct override *override = find(index, slot);
  if (!override && override_count < MAX_OVERRIDES) override = &overrides[override_count++];
  if (override) *override = (struct override){index, metric, slot, automatic};
  pthread_mutex_unlock(&lock);
  return override != NULL;
}
