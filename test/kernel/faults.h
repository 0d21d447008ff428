/* Faults and delays on demand, by environment: see faults.c. Each exported function begins with RIG_ENTER(Name). */
#ifndef RIG_FAULTS_H
#define RIG_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Counts the call, waits if asked to, and returns the code of a fault or 0. */
uint32_t rig_enter(const char *function);
/* Reads the environment at the first call. */
void rig_configure_once(void);
/* RIG_TABLE_GROWS: true once, for the filling call after a size call. */
bool rig_table_grows(bool size_call);
/* RIG_CLASSIC_SET_IGNORES_METRIC. */
bool rig_classic_set_ignores_metric(void);

#define RIG_ENTER(name)                   \
  do {                                    \
    uint32_t fault = rig_enter(#name);    \
    if (fault) return fault;              \
  } while (0)

#endif
