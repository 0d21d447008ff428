import type { HostBoot } from './commit.js';

/**
 * Whether the host still runs as it did when `recorded` was written down.
 *
 * Without ids on both sides the uptime decides: a lower one proves a reboot. The opposite is no proof, for the host may have been up longer
 * since its reboot than before it. That error is the harmless one: whoever asks then reads the table and finds the rows gone.
 */
export function sameBoot(recorded: HostBoot, current: HostBoot): boolean {
  if (recorded.id !== undefined && current.id !== undefined) return recorded.id === current.id;
  return current.uptimeSeconds >= recorded.uptimeSeconds;
}
