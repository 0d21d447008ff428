import { setTimeout as timer } from 'node:timers/promises';

/** Time, as a rollout has it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest wait of a timer of Node.js; longer ones would fire at once. */
const longestMs = 2 ** 31 - 1;

/** The time of this process. Setting the clock of the machine while it runs does not reach it. */
export function createSystemClock(): Clock {
  return {
    now: () => Math.round(performance.timeOrigin + performance.now()),
    sleep: (ms, signal) => timer(Math.min(Math.max(0, ms), longestMs), undefined, { signal }).catch(() => undefined),
  };
}
