/*
 * Ten thousand routes through the rig from four threads, while a fifth registers for notifications and cancels: for the sanitizers, whose leak
 * check is exact in a program of C alone. Argument: the index of an interface with a network 192.0.2.0/24. Prints what went wrong.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exports.h"

enum { WRITERS = 4, ROUTES_PER_WRITER = 2500, REGISTRATIONS = 200, ROWS_BETWEEN_READS = 50 };

static atomic_int failures, events;
static uint32_t interface_index;

static void check(int is_right, const char *what) {
  if (is_right) return;
  failures++;
  fprintf(stderr, "failed: %s\n", what);
}

static void on_change(void *context, MIB_IPFORWARD_ROW2 *row, int32_t type) {
  (void)context, (void)row, (void)type;
  events++;
}

static MIB_IPFORWARD_ROW2 make_row(int writer, int number) {
  MIB_IPFORWARD_ROW2 row;
  InitializeIpForwardEntry(&row);
  const uint8_t destination[4] = {198, 18 + writer % 2, (uint8_t)(writer / 2 * 128 + number / 256), (uint8_t)number};
  const uint8_t next_hop[4] = {192, 0, 2, 1};
  row.InterfaceIndex = interface_index;
  row.Metric = (uint32_t)(number % 7);
  row.Protocol = 3;
  row.DestinationPrefix.PrefixLength = 32;
  row.DestinationPrefix.Prefix.Family = row.NextHop.Family = WIN_AF_INET;
  memcpy(row.DestinationPrefix.Prefix.V4, destination, sizeof destination);
  memcpy(row.NextHop.V4, next_hop, sizeof next_hop);
  return row;
}

static void *write_routes(void *argument) {
  for (int number = 0; number < ROUTES_PER_WRITER; number++) {
    MIB_IPFORWARD_ROW2 row = make_row(*(int *)argument, number);
    check(CreateIpForwardEntry2(&row) == NO_ERROR, "create");
    row.Metric = 9;
    check(SetIpForwardEntry2(&row) == NO_ERROR, "set");
    MIB_IPFORWARD_ROW2 found = row;
    check(GetIpForwardEntry2(&found) == NO_ERROR && found.Metric == 9, "get");
    if (number % ROWS_BETWEEN_READS == 0) {
      MIB_IPFORWARD_TABLE2 *table = NULL;
      check(GetIpForwardTable2(WIN_AF_UNSPEC, &table) == NO_ERROR, "read the table");
      FreeMibTable(table);
    }
    check(DeleteIpForwardEntry2(&row) == NO_ERROR, "delete");
  }
  return NULL;
}

static void *register_and_cancel(void *argument) {
  (void)argument;
  for (int round = 0; round < REGISTRATIONS; round++) {
    HANDLE handle;
    check(NotifyRouteChange2(WIN_AF_UNSPEC, on_change, NULL, 1, &handle) == NO_ERROR, "register");
    usleep(500 * (useconds_t)(round % 5));
    check(CancelMibChangeNotify2(handle) == NO_ERROR, "cancel");
    check(CancelMibChangeNotify2(handle) == ERROR_INVALID_PARAMETER, "cancel twice");
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 2) return 64;
  interface_index = (uint32_t)atoi(arguments[1]);
  pthread_t threads[WRITERS + 1];
  int numbers[WRITERS];
  for (int writer = 0; writer < WRITERS; writer++) {
    numbers[writer] = writer;
    pthread_create(&threads[writer], NULL, write_routes, &numbers[writer]);
  }
  pthread_create(&threads[WRITERS], NULL, register_and_cancel, NULL);
  for (int thread = 0; thread <= WRITERS; thread++) pthread_join(threads[thread], NULL);
  printf("%d failures, %d events\n", failures, events);
  return failures != 0 || events == 0;
}
