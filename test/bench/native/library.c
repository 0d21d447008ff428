/* CreateIpForwardEntry without a kernel behind it: what is measured is the way there. */
#include <stdint.h>
#include <string.h>

static uint32_t rows;

/* Looks at the first and the last member, as whoever reads a row does. */
uint32_t CreateIpForwardEntry(const uint8_t *row) {
  uint32_t destination, metric5;
  memcpy(&destination, row, sizeof destination);
  memcpy(&metric5, row + 52, sizeof metric5);
  rows += destination ^ metric5;
  return rows == 0xffffffffu ? 87 : 0;
}
