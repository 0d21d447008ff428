/**
 * Runs a job under a signal that follows two others, and lets go of them when it ends. AbortSignal.any would leave something on the long-lived
 * one for every call (https://github.com/nodejs/node/issues/54614).
 */
export async function underEither<Result>(
  signals: readonly [AbortSignal, AbortSignal],
  job: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const follow = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', follow);
  }
  try {
    return await job(controller.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', follow);
  }
}
