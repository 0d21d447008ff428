/** Longest stretch of work without a turn for everything else, in ms. A call takes three or four turns to be answered. */
const stretchMs = 2;

/** Breaks long work into stretches, between which the event loop serves others: `if (breath.due) await breath.take()`. */
export interface Breath {
  /** Whether the stretch has been long enough. */
  readonly due: boolean;
  /** Lets all that wait have their turn; a new stretch begins. */
  take(): Promise<void>;
}

/** A stretch begins. `asksPerLook`: the clock costs as much as a small step, and is looked at only so often. */
export function createBreath(asksPerLook = 1): Breath {
  let end = performance.now() + stretchMs;
  let asks = 0;
  return {
    get due() {
      asks += 1;
      return asks % asksPerLook === 0 && performance.now() >= end;
    },
    async take() {
      await new Promise(setImmediate);
      end = performance.now() + stretchMs;
    },
  };
}
