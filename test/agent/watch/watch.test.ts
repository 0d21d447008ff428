import pino from 'pino';
import { expect, it } from 'vitest';
import { TableObserver } from '../../../agent/watch/table-observer.js';
import { type WatchEvent, watch } from '../../../agent/watch/watch.js';
import { makeInterleavedTable } from './interleaved-table.js';
import { route } from './rows.js';

/** A watch of a table of `rows` rows, read by hand. */
function start(rows: number) {
  const host = makeInterleavedTable(Object.fromEntries(Array.from({ length: rows }, (_, number) => [number, 1])));
  const observer = new TableObserver({
    table: host.table,
    log: pino({ level: 'silent' }),
    intervalMs: 3_600_000,
    ownershipOf: () => undefined,
  });
  const leaving = new AbortController();
  const options = { passes: () => true, since: undefined, heartbeatIntervalMs: 50, signal: leaving.signal };
  const events = watch(observer, options);
  const next = async (): Promise<WatchEvent | undefined> => {
    const event = events.next();
    await host.settle();
    return (await event).value ?? undefined;
  };
  /** The agent writes so many rows, from one on, one after the other. */
  const write = async (from: number, count: number): Promise<void> => {
    for (let number = from; number < from + count; number++) {
      const key = {
        ...route(0, 1),
        destinationPrefix: { family: 4, bytes: new Uint8Array([44, 0, number >> 8, number & 255]), length: 32 },
      } as const;
      const own = { key, commitId: 'mine', before: undefined, after: undefined, ownershipChange: undefined };
      await observer.table.ownWrite(own, async () => ({ after: { ...route(0, 1), ...key }, writtenBy: 'Create' }));
    }
  };
  return { observer, leaving, next, write };
}

const typeOf = (event: WatchEvent | undefined) => event?.type;

it('breaks a snapshot off when too much changes behind it, and begins another', async () => {
  const { next, write } = start(1);
  expect(typeOf(await next())).toBe('established');
  await write(0, 1000);
  expect(await next()).toMatchObject({ type: 'snapshot', rows: { length: 512 } });
  // A watcher that does not read further.
  await write(1000, 20_000);
  expect(typeOf(await next())).toBe('resync-required');
  let rows = 0;
  for (let event = await next(); event?.type !== 'snapshot-end'; event = await next()) {
    if (event?.type === 'snapshot') rows += event.rows.length;
    else expect(event).toMatchObject({ type: 'snapshot' });
  }
  expect(rows).toBe(21_001);
  expect(typeOf(await next())).toBe('heartbeat');
});

it('leaves nothing behind when its caller goes, whether it reads or waits', async () => {
  const { observer, leaving, next } = start(1);
  expect([await next(), await next(), await next()].map(typeOf)).toEqual(['established', 'snapshot', 'snapshot-end']);
  const waiting = next();
  leaving.abort();
  expect(await waiting).toBeUndefined();
  expect(observer.watchers).toBe(0);
});
