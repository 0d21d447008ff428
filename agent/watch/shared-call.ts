/**
 * Makes of many calls few, one at a time. Whoever calls while one runs gets the result of the next, for the running one may have begun too early
 * to see what the caller knows of; all of those share it.
 */
export function createSharedCall<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | undefined;
  return () => {
    if (next === undefined) {
      next = running.then(() => {
        next = undefined;
        return run();
      });
      running = next.catch(() => {});
    }
    return next;
  };
}
