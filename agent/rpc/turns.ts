/** Resolves when it is the turn of whoever asks. */
export type Turns = () => Promise<void>;

/** One turn in each round of the event loop: between any two of them, other calls are read and answered, however many ask for a turn. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const next = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
    });
}
