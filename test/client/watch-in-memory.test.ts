import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RouteError, type WatchOptions } from '../../client/index.js';
import { createRouteWatch } from '../../client/route-watch.js';
import type { Transport } from '../../client/transport/transport.js';
import type { WatchRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { established, heartbeat, snapshotEnd } from './support/watch-events.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A watch whose every attempt brings the same messages, and then nothing until it is closed. */
function watchOver(messages: readonly WatchRoutesResponse[], options: WatchOptions) {
  const seen = { attempts: 0, open: 0, pulled: 0 };
  const closing = new AbortController();
  const { signal: closed } = closing;

  function fresh(): Transport {
    seen.attempts += 1;
    seen.open += 1;
    const { promise, reject } = promiseOf();
    async function* serverStream() {
      for (const message of messages) {
        seen.pulled += 1;
        yield message;
      }
      await promise;
    }
    const close = async () => {
      if (seen.open > 0) seen.open -= 1;
      reject(new RouteError({ code: 'CANCELLED', reason: 'CANCELLED', message: 'closed' }));
    };
    return { ...transport, serverStream: serverStream as unknown as Transport['serverStream'], close };
  }

  const unused = () => {
    throw new Error('not for a watch');
  };
  const transport: Transport = { address: 'h:1', closed, fresh, unary: unused, serverStream: unused, duplexStream: unused, close: unused };
  const watch = createRouteWatch({ transport, fail: (error) => error, random: () => 1 }, options);
  return { seen, closing, events: watch[Symbol.asyncIterator]() };
}

function promiseOf() {
  let reject = (_error: unknown): void => undefined;
  const promise = new Promise<void>((_resolve, refuse) => {
    reject = refuse;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

/** After how long the next event comes. */
async function timeToNext(events: AsyncIterator<unknown>): Promise<readonly [ms: number, event: unknown]> {
  const begun = Date.now();
  const next = events.next();
  let ms: number | undefined;
  next.then(() => {
    ms = Date.now() - begun;
  });
  while (ms === undefined) await vi.advanceTimersByTimeAsync(1_000);
  return [Math.ceil(ms / 1_000) * 1_000, (await next).value];
}

describe('silence', () => {
  it.each([
    ['10 s by default', {}, 28_000, '28000 ms'],
    ['1 s', { heartbeatIntervalMs: 1_000 }, 6_000, '5500 ms'],
    ['1 h', { heartbeatIntervalMs: 3_600_000 }, 9_003_000, '9003000 ms'],
  ])('with a heartbeat each %s counts as a lost connection after two and a half of them', async (_case, options, limitMs, told) => {
    const { events, seen } = watchOver([established(), snapshotEnd(1n, 0)], options);
    await events.next();
    await events.next();
    expect(await timeToNext(events)).toEqual([
      limitMs,
      expect.objectContaining({
        type: 'disconnected',
        error: expect.objectContaining({ reason: 'UNREACHABLE', message: expect.stringContaining(told) }),
      }),
    ]);
    expect(seen).toMatchObject({ attempts: 1, open: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['100 ms', 100, 28_000],
    ['1 h', 3_600_000, 28_000],
  ])('from the beginning, is the same with a heartbeat each %s', async (_case, heartbeatIntervalMs, limitMs) => {
    const { events } = watchOver([], { heartbeatIntervalMs });
    expect(await timeToNext(events)).toEqual([limitMs, expect.objectContaining({ type: 'disconnected' })]);
  });

  it('does not count while nobody reads', async () => {
    const { events, seen } = watchOver([established(), snapshotEnd(1n, 0), heartbeat(2n)], {});
    await events.next();
    await events.next();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(await events.next()).toMatchObject({ value: { type: 'heartbeat' } });
    expect(seen.attempts).toBe(1);
    await events.return?.();
    expect(seen.open).toBe(0);
  });
});

it('a watch reads no message before it is wanted', async () => {
  const { events, seen } = watchOver([established(), snapshotEnd(1n, 0), heartbeat(2n)], {});
  await events.next();
  expect(seen.pulled).toBe(1);
  await events.return?.();
  expect(seen).toEqual({ attempts: 1, open: 0, pulled: 1 });
});

it('a watch waits as long as it says', async () => {
  const { events, seen } = watchOver([], {});
  let [, event] = await timeToNext(events);
  for (const retryInMs of [250, 500, 1_000]) {
    expect(event).toMatchObject({ type: 'disconnected', retryInMs });
    const { attempts } = seen;
    const next = events.next();
    await vi.advanceTimersByTimeAsync(retryInMs - 1);
    expect(seen.attempts).toBe(attempts);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.attempts).toBe(attempts + 1);
    await vi.advanceTimersByTimeAsync(28_000);
    event = (await next).value;
  }
});

it.each(['signal', 'client'])('the end by %s cuts the wait short, and leaves nothing behind', async (way) => {
  const abort = new AbortController();
  const { events, seen, closing } = watchOver([], { signal: abort.signal });
  await timeToNext(events);
  const next = events.next();
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.attempts).toBe(1);
  (way === 'signal' ? abort : closing).abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.attempts).toBe(2);
  // That of the new attempt, which here does not know of the end.
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(28_000);
  await next;
  await events.return?.();
  for (const { signal } of [abort, closing]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it('a wait that comes to its end leaves nothing behind', async () => {
  const abort = new AbortController();
  const { events, closing } = watchOver([], { signal: abort.signal });
  await timeToNext(events);
  await timeToNext(events);
  for (const { signal } of [abort, closing]) expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('an end before the wait leaves no wait', async () => {
  const abort = new AbortController();
  const { events, seen } = watchOver([], { signal: abort.signal });
  await timeToNext(events);
  abort.abort();
  const next = events.next();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.attempts).toBe(2);
  await vi.advanceTimersByTimeAsync(28_000);
  await next;
});
