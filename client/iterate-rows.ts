import type { RouteRows } from './codec/route-rows.js';
import type { Route } from './model/route.js';

const end = { done: true, value: undefined } as const;

/**
 * All rows of all messages, as an async generator would give them out, but a row that is there comes in a promise that is resolved already: over a
 * million rows a generator takes twice as long.
 *
 * @param fail - what is thrown for a row that cannot be read
 */
export function iterateRows(
  messages: AsyncGenerator<RouteRows, void, undefined>,
  fail: (error: unknown) => unknown,
): AsyncIterableIterator<Route> {
  let rows: RouteRows = { count: 0, at: () => undefined as never };
  let row = 0;
  let queued = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Calls that have to wait are answered in their order. */
  function queue(work: () => Promise<IteratorResult<Route>>): Promise<IteratorResult<Route>> {
    queued += 1;
    const answer = last.then(work).finally(() => {
      queued -= 1;
    });
    last = answer.catch(() => {});
    return answer;
  }

  async function finish(): Promise<typeof end> {
    rows = { ...rows, count: 0 };
    await messages.return();
    return end;
  }

  async function advance(): Promise<IteratorResult<Route>> {
    while (row >= rows.count) {
      const { value, done } = await messages.next();
      if (done) return end;
      rows = value;
      row = 0;
    }
    return { done: false, value: await take() };
  }

  function take(): Route | Promise<never> {
    try {
      return rows.at(row++);
    } catch (error) {
      return finish().then(() => Promise.reject(fail(error)));
    }
  }

  return {
    next() {
      if (queued > 0 || row >= rows.count) return queue(advance);
      const value = take();
      return value instanceof Promise ? value : Promise.resolve({ done: false, value });
    },
    return: () => queue(finish),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
