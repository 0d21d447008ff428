import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { ServiceStatus } from './service-status.js';

const pollMs = 200;
/** How much longer than it announced a service may be silent, in ms. */
const patienceMs = 30_000;

/** Time, for tests. */
export interface Clock {
  /** Monotonic, in ms. */
  now(): number;
  pause(ms: number): Promise<unknown>;
}

export const systemClock: Clock = { now: () => performance.now(), pause: (ms) => setTimeout(ms) };

/**
 * Waits while a service is on its way, and shows signs of life.
 *
 * @param isOnItsWay - whether to wait on; undefined as a status: it is not installed
 * @returns the last status, also when the service shows no sign of life any more
 */
export async function awaitState(
  status: () => ServiceStatus | undefined,
  isOnItsWay: (status: ServiceStatus | undefined) => boolean,
  clock: Clock = systemClock,
): Promise<ServiceStatus | undefined> {
  let sign = '';
  let deadline = 0;
  for (;;) {
    const now = status();
    if (!isOnItsWay(now)) return now;
    const { state = 0, checkpoint = 0, waitHintMs = 0 } = now ?? {};
    const newSign = `${state} ${checkpoint}`;
    if (newSign !== sign) deadline = clock.now() + waitHintMs + patienceMs;
    sign = newSign;
    if (clock.now() > deadline) return now;
    await clock.pause(pollMs);
  }
}
