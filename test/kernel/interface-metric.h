/* Interface metrics, which Linux does not have: defaults, RIG_INTERFACE_METRICS, and what SetIpInterfaceEntry set. */
#ifndef RIG_INTERFACE_METRIC_H
#define RIG_INTERFACE_METRIC_H

#include "links.h"

/* Reads "eth0=10,eth1=50" and forgets what was set; the caller holds the lock of world.h. */
void interface_metric_configure(const char *text);
/* Fills metric and automatic_metric of the link's family. */
void interface_metric_read(struct link *link, int slot);
/* false when the table of overrides is full. */
bool interface_metric_set(uint32_t index, int slot, bool automatic, uint32_t metric);

#endif
