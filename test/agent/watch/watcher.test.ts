import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Route } from '../../../agent/routes/route.js';
import { FollowedTable } from '../../../agent/watch/followed-table.js';
import { OwnWrites } from '../../../agent/watch/own-writes.js';
import { type RowPredicate, Watcher } from '../../../agent/watch/watcher.js';
import { fold, metricsOf, route, told } from './rows.js';

const everything: RowPredicate = () => true;
const nobody = () => undefined;

/** A table whose rows a test changes, as readings of it would. */
function makeTable(rows: Readonly<Record<number, number>> = {}): {
  readonly followed: FollowedTable;
  set(number: number, metric: number | undefined): void;
  watch(passes?: RowPredicate): Watcher;
} {
  const routes = new Map<number, Route>(Object.entries(rows).map(([number, metric]) => [Number(number), route(Number(number), metric)]));
  const followed = new FollowedTable(0n, [...routes.values()], nobody);
  return {
    followed,
    set(number, metric) {
      if (metric === undefined) routes.delete(number);
      else routes.set(number, route(number, metric));
      followed.compare([...routes.values()], new OwnWrites());
    },
    watch(passes = everything) {
      const watcher = new Watcher(passes, followed.revision);
      followed.watchers.add(watcher);
      return watcher;
    },
  };
}

it('hands out every change, one by one, while few wait', () => {
  const table = makeTable({ 1: 5 });
  const watcher = table.watch();
  table.set(1, 6);
  table.set(1, 7);
  table.set(2, 1);
  table.set(2, undefined);
  const { changes, resumeRevision } = watcher.take(10);
  expect(changes.map(told)).toEqual(['~1:5>6', '~1:6>7', '+2:1', '-2:1']);
  expect(changes.map(({ revision }) => revision)).toEqual([1n, 2n, 3n, 4n]);
  expect(resumeRevision).toBe(4n);
  expect(watcher.take(10)).toEqual({ changes: [], resumeRevision: 4n });
});

it('makes one of the changes of a row when many wait, and nothing of what was undone', () => {
  const table = makeTable({ 1: 0, 2: 0 });
  const watcher = table.watch();
  table.set(3, 1);
  table.set(3, undefined);
  table.set(2, 9);
  table.set(2, 0);
  for (let metric = 1; metric <= 1000; metric++) table.set(1, metric);
  const { changes } = watcher.take(10_000);
  expect(changes.length).toBeLessThan(1000);
  expect(changes.filter(({ row }) => row?.route.destinationPrefix.bytes[2] !== 1)).toEqual([]);
  const table1 = new Map([...metricsOf([{ route: route(1, 0), ownership: undefined }])]);
  fold(table1, { changes });
  expect([...table1.values()]).toEqual([1000]);
});

it('does not let a watcher resume from the middle of what was merged', () => {
  const table = makeTable();
  const watcher = table.watch();
  for (let number = 0; number < 10; number++) for (let metric = 1; metric <= 60; metric++) table.set(number, metric);
  const first = watcher.take(3);
  expect(first.changes).toHaveLength(3);
  expect(first.resumeRevision).toBe(0n);
  const rest = watcher.take(10_000);
  expect(rest.resumeRevision).toBe(table.followed.revision);
});

it('overflows by rows, not by changes, and starts anew when told to', () => {
  const table = makeTable();
  const watcher = table.watch();
  const other = table.watch();
  const rows = (count: number, metric: number) => Array.from({ length: count }, (_, number) => wide(number, metric));
  for (let metric = 0; metric < 4; metric++) table.followed.compare(rows(16_000, metric), new OwnWrites());
  expect(watcher.overflowed).toBe(false);
  // The other one reads in time.
  while (other.take(1000).changes.length > 0);
  table.followed.compare(rows(40_000, 4), new OwnWrites());
  expect(watcher.overflowed).toBe(true);
  expect(watcher.take(1).changes).toEqual([]);
  watcher.restart(table.followed.revision);
  expect(watcher.overflowed).toBe(false);
  table.followed.compare(rows(40_000, 4).slice(1), new OwnWrites());
  expect(watcher.take(10).changes).toHaveLength(1);
});

const wide = (number: number, metric: number): Route => ({
  ...route(0, metric),
  destinationPrefix: { family: 4, bytes: new Uint8Array([11, number >> 16, (number >> 8) & 255, number & 255]), length: 32 },
});

it('fails with what waits first', async () => {
  const table = makeTable();
  const watcher = table.watch();
  table.set(1, 1);
  watcher.fail(new Error('unreadable'));
  expect(watcher.take(10).changes).toHaveLength(1);
  expect(() => watcher.take(10)).toThrow('unreadable');
});

it('waits for a change, an end, or the time', async () => {
  const table = makeTable();
  const watcher = table.watch();
  const leaving = new AbortController();
  const hour = 3_600_000;
  const change = watcher.wait(hour, leaving.signal);
  table.set(1, 1);
  expect(await change).toBe(true);
  expect(await watcher.wait(hour, leaving.signal)).toBe(true);
  watcher.take(1);
  expect(await watcher.wait(1, leaving.signal)).toBe(false);
  const ended = watcher.wait(hour, leaving.signal);
  leaving.abort();
  expect(await ended).toBe(false);
  expect(await watcher.wait(hour, leaving.signal)).toBe(false);
});

/** What happens to a table and to a watcher of it. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('change' as const), row: fc.nat(3), metric: fc.option(fc.nat(5), { nil: undefined }) }),
  },
  // Enough for what waits to be merged.
  { weight: 1, arbitrary: fc.record({ what: fc.constant('storm' as const), row: fc.nat(3), metric: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('take' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ what: 'reconnect' as const }) },
);

it('leaves no watcher with another table than the filtered one, however it reads, leaves and comes back', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.nat(5), (happenings, threshold) => {
      const passes: RowPredicate = ({ route: { metric } }) => metric >= threshold;
      const table = makeTable({ 0: 3, 1: 5 });
      let watcher = table.watch(passes);
      const known = metricsOf(table.followed.rowsFor(watcher));
      let resume = table.followed.revision;
      const take = (count: number): number => {
        const batch = watcher.take(count);
        // What comes again after a resumption may not fit what is known: the last word counts.
        for (const { key, row } of batch.changes) {
          if (row === undefined) known.delete(key);
          else known.set(key, row.route.metric);
        }
        resume = batch.resumeRevision;
        return batch.changes.length;
      };
      for (const event of happenings) {
        switch (event.what) {
          case 'change':
            table.set(event.row, event.metric);
            break;
          case 'storm':
            for (let round = 0; round < 300; round++) for (const metric of [event.metric, 9 - event.metric]) table.set(event.row, metric);
            break;
          case 'take':
            take(event.count);
            break;
          case 'reconnect': {
            table.followed.watchers.delete(watcher);
            const missed = table.followed.history.since(resume) ?? [];
            watcher = new Watcher(passes, resume);
            table.followed.watchers.add(watcher);
            for (const change of missed) watcher.offer(change);
            break;
          }
        }
      }
      while (take(3) > 0);
      expect(known).toEqual(metricsOf(table.followed.rowsFor(watcher)));
      expect(resume <= table.followed.revision).toBe(true);
    }),
    { numRuns: 300 },
  );
});
