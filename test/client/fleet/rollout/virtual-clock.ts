import type { Clock } from '../../../../client/fleet/rollout/clock.js';

/** Time that passes only when a test lets it. */
export interface VirtualClock extends Clock {
  /** Goes to the next timer and fires it. False: there is none. */
  advance(): boolean;
  /** Lets so much time pass, whatever waits. */
  elapse(ms: number): void;
}

interface Timer {
  readonly due: number;
  readonly fire: () => void;
}

export function createVirtualClock(start = 1_700_000_000_000): VirtualClock {
  let now = start;
  const timers = new Set<Timer>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const fire = () => {
          timers.delete(timer);
          signal?.removeEventListener('abort', fire);
          resolve();
        };
        const timer: Timer = { due: now + Math.max(0, ms), fire };
        if (Number.isFinite(ms)) timers.add(timer);
        signal?.addEventListener('abort', fire);
      }),
    advance() {
      let next: Timer | undefined;
      for (const timer of timers) if (next === undefined || timer.due < next.due) next = timer;
      if (next === undefined) return false;
      now = Math.max(now, next.due);
      next.fire();
      return true;
    },
    elapse(ms) {
      now += ms;
    },
  };
}

/** Lets time pass until the promise is settled; it must be settled by then. */
export async function letPass<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const done = promise.finally(() => {
    settled = true;
  });
  done.catch(() => undefined);
  for (let turns = 0; ; turns += 1) {
    await new Promise(setImmediate);
    if (settled) return done;
    if (!clock.advance()) throw new Error('nothing waits for the time any more, and still it has not ended');
    if (turns > 200_000) throw new Error('it does not end');
  }
}
