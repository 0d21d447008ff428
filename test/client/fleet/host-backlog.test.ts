import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHostBacklog, type TimedEvent } from '../../../client/fleet/host-backlog.js';
import type { Route } from '../../../client/index.js';
import type { MirrorChange } from '../../../client/route-mirror.js';
import { aChange, aRoute } from './fake-mirror.js';

const time = new Date('2026-11-24T10:00:00Z');
const prefixes = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'] as const;
type Table = Map<string, Route>;

/** A row gets a metric, or goes; undefined: as many events are taken. */
const step = fc.oneof(
  fc.record({ prefix: fc.constantFrom(...prefixes), metric: fc.option(fc.integer({ min: 0, max: 2 })) }),
  fc.record({ take: fc.integer({ min: 1, max: 3 }) }),
);

/** Does it, and tells it as a mirror does. */
function change(table: Table, prefix: string, metric: number | null): MirrorChange | undefined {
  const previous = table.get(prefix);
  const route = metric === null ? undefined : aRoute(prefix, { metric });
  if (previous?.etag === route?.etag) return undefined;
  if (route === undefined) table.delete(prefix);
  else table.set(prefix, route);
  return aChange({ previous, route });
}

/** What whoever takes the events knows then; each change must fit to it. */
function apply(view: Table, { kind, previous, route }: MirrorChange): void {
  const key = (route ?? previous)?.destinationPrefix ?? '';
  expect(view.get(key)?.etag).toBe(previous?.etag);
  expect(kind).toBe(previous === undefined ? 'added' : route === undefined ? 'removed' : 'changed');
  if (route === undefined) view.delete(key);
  else view.set(key, route);
}

function count(events: readonly TimedEvent[]): { readonly told: number; readonly merged: number } {
  const changed = events.flatMap((event) => (event.type === 'changed' ? [event] : []));
  return {
    told: changed.reduce((sum, { changes }) => sum + changes.length, 0),
    merged: changed.reduce((sum, { merged }) => sum + merged, 0),
  };
}

describe('the backlog of a host', () => {
  it('leads to the table that the host has, accounts for every change and stays bounded, in whatever turn it is filled and taken', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, limit) => {
        const backlog = createHostBacklog(limit);
        const table: Table = new Map();
        const view: Table = new Map();
        const taken: TimedEvent[] = [];
        let pushed = 0;
        const take = () => {
          const event = backlog.take();
          if (event === undefined) return;
          taken.push(event);
          if (event.type === 'changed') for (const each of event.changes) apply(view, each);
        };
        for (const each of steps) {
          if ('take' in each) {
            for (let index = 0; index < each.take; index += 1) take();
            continue;
          }
          const done = change(table, each.prefix, each.metric);
          if (done === undefined) continue;
          pushed += 1;
          backlog.push({ type: 'changed', changes: [done], merged: 0, time });
        }
        const before = count(taken).told;
        while (!backlog.empty) take();
        expect(view).toEqual(table);
        expect(count(taken).told - before).toBeLessThanOrEqual(Math.max(limit, prefixes.length));
        expect(count(taken).told + count(taken).merged).toBe(pushed);
      }),
    );
  });

  it('never drops the rows at the beginning, nor the last that is known of the connection', () => {
    const backlog = createHostBacklog(1);
    const rows = { type: 'synchronized', revision: 1n, resumed: false, routeCount: 0, routes: [], time } as const;
    const gap = { type: 'resynchronizing', reason: 'overflow', time } as const;
    const again = { type: 'synchronized', revision: 2n, resumed: false, routeCount: 0, time } as const;
    for (const event of [rows, gap, again]) backlog.push(event);
    expect([backlog.take(), backlog.take(), backlog.take()]).toEqual([rows, again, undefined]);
    expect(backlog.empty).toBe(true);
  });

  it('keeps account of what was left out when it is merged again', () => {
    const backlog = createHostBacklog(1);
    const rows = { type: 'synchronized', revision: 1n, resumed: false, routeCount: 0, routes: [], time } as const;
    const told = (...changes: readonly MirrorChange[]) => backlog.push({ type: 'changed', changes, merged: 0, time });
    const [first, second] = ['10.1.0.0/16', '10.2.0.0/16'].map((prefix) => aChange({ route: aRoute(prefix) }));
    backlog.push(rows);
    told(aChange({ route: aRoute('10.3.0.0/16') }), aChange({ previous: aRoute('10.3.0.0/16') }));
    expect(backlog.take()).toEqual(rows);
    told(...[first, second].filter((each) => each !== undefined));
    expect(backlog.take()).toMatchObject({ changes: [first, second], merged: 2 });
    expect(backlog.empty).toBe(true);
  });

  it('gives a single event as it is, however large', () => {
    const backlog = createHostBacklog(1);
    const changes = [aChange({ route: aRoute('10.1.0.0/16') }), aChange({ previous: aRoute('10.1.0.0/16') })];
    backlog.push({ type: 'changed', changes, merged: 0, time });
    expect(backlog.take()).toMatchObject({ changes, merged: 0 });
  });
});
