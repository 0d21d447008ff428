import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import type { WatchOptions } from '../../client/index.js';
import { eventually } from './support/eventually.js';
import { established, snapshotEnd } from './support/watch-events.js';
import { startWatchHost, type WatchHost } from './support/watch-host.js';

/** How many of something keep this process alive. */
function countOf(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
}

async function answer(host: WatchHost): Promise<void> {
  (await host.nextCall()).send(established(), snapshotEnd(1n, 0));
}

async function watchOnce(host: WatchHost, options: WatchOptions): Promise<void> {
  const answered = answer(host);
  for await (const { type } of host.client.watchRoutes(options)) if (type === 'snapshotEnd') break;
  await answered;
}

async function mirrorOnce(host: WatchHost, options: WatchOptions): Promise<void> {
  await using mirror = host.client.mirror(options);
  await answer(host);
  await mirror.ready;
}

it.each([
  ['watches', watchOnce],
  ['mirrors', mirrorOnce],
])('1,000 %s, one after the other, leave no timer, no listener and no connection behind', { timeout: 180_000 }, async (_case, once) => {
  const host = await startWatchHost();
  const { signal } = new AbortController();
  const before = { timers: countOf(/Timeout/), sockets: countOf(/TCP/) };
  for (let count = 0; count < 1_000; count += 1) await once(host, { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await eventually(() => countOf(/Timeout/)).toBeLessThanOrEqual(before.timers);
  await eventually(() => countOf(/TCP/)).toBeLessThanOrEqual(before.sockets);
});
