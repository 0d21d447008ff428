import { describe, expect, it } from 'vitest';
import { RouteError } from '../../../client/errors/route-error.js';
import type { FleetEvent } from '../../../client/fleet/host-event.js';
import { watchHosts } from '../../../client/fleet/watch-hosts.js';
import { warningsDuring } from '../../support/warnings.js';
import { aChange, aRoute, createFakeFleet, type FakeFleet } from './fake-mirror.js';

function failure(reason: 'UNREACHABLE' | 'TLS_REFUSED' | 'INVALID_CREDENTIALS', message = 'down'): RouteError {
  return new RouteError({ code: 'UNAVAILABLE', reason, message });
}

/** Takes events one by one; the watch is begun, and every host connected to. */
async function begin({ hosts, connector, options }: FakeFleet, more: Partial<Parameters<typeof watchHosts>[1]> = {}) {
  const events = watchHosts(hosts, { connector, ...more });
  const first = events.next();
  await expect.poll(() => options.size).toBe(hosts.length);
  let begun = false;
  return {
    events,
    async take(): Promise<FleetEvent> {
      const { value, done } = await (begun ? events.next() : first);
      begun = true;
      if (done) throw new Error('the watch has ended');
      return value;
    },
  };
}

const brief = ({ host, ...event }: FleetEvent) => `${host.name} ${event.type}`;

const [added, removed] = [aChange({ route: aRoute('10.9.0.0/16') }), aChange({ previous: aRoute('10.9.0.0/16') })];

describe('watchHosts', () => {
  it('hands the filter to every host, and gives the events of each in order', async () => {
    const fleet = createFakeFleet(['a', 'b']);
    const filter = { owner: 'team-net' };
    const { take, events } = await begin(fleet, { filter });
    expect([...fleet.options.values()]).toMatchObject([{ filter }, { filter }]);
    fleet.mirror('b').start();
    fleet.mirror('a').start();
    fleet.mirror('b').emit('changed', [added]);
    const told = [await take(), await take(), await take(), await take(), await take()];
    expect(told.filter(({ host }) => host.name === 'b').map(brief)).toEqual(['b connected', 'b synchronized', 'b changed']);
    expect(told.filter(({ host }) => host.name === 'a').map(brief)).toEqual(['a connected', 'a synchronized']);
    expect(told.find(({ type }) => type === 'connected')).toMatchObject({
      bootId: 'boot1',
      source: 'notifications',
      time: expect.any(Date),
    });
    await events.return();
  });

  it('gives the rows with the first "synchronized" when asked for, as they are then', async () => {
    const fleet = createFakeFleet(['a']);
    const { take, events } = await begin(fleet, { rows: true });
    const mirror = fleet.mirror('a');
    const row = aRoute('10.9.0.0/16');
    mirror.rows.set('row', row);
    mirror.start();
    mirror.rows.clear();
    mirror.start();
    await take();
    expect(await take()).toMatchObject({ type: 'synchronized', routeCount: 1, routes: [row] });
    await take();
    expect(await take()).toMatchObject({ type: 'synchronized', routeCount: 0, routes: undefined });
    await events.return();
  });

  it('gives no rows unless asked for', async () => {
    const fleet = createFakeFleet(['a']);
    const { take, events } = await begin(fleet);
    fleet.mirror('a').rows.set('row', aRoute('10.9.0.0/16'));
    fleet.mirror('a').start();
    await take();
    expect(await take()).toMatchObject({ routeCount: 1, routes: undefined });
    await events.return();
  });

  it('tells an outage once, and again when the reason is another one or the host was back', async () => {
    const fleet = createFakeFleet(['a']);
    const { take, events } = await begin(fleet);
    const mirror = fleet.mirror('a');
    const retryInMs = 1_000;
    mirror.emit('disconnected', { error: failure('UNREACHABLE', 'refused'), retryInMs });
    mirror.emit('disconnected', { error: failure('UNREACHABLE', 'silent'), retryInMs });
    mirror.emit('disconnected', { error: failure('TLS_REFUSED'), retryInMs });
    mirror.emit('disconnected', { error: failure('TLS_REFUSED'), retryInMs });
    mirror.start();
    mirror.emit('disconnected', { error: failure('TLS_REFUSED'), retryInMs });
    mirror.emit('resync', 'otherBoot');
    const told: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const event = await take();
      told.push(event.type === 'disconnected' ? `${event.error.reason} ${event.error.message}` : event.type);
    }
    expect(told).toEqual(['UNREACHABLE refused', 'TLS_REFUSED down', 'connected', 'synchronized', 'TLS_REFUSED down', 'resynchronizing']);
    await events.return();
  });

  it('goes on with the others when one has failed for good, and ends when all have', async () => {
    const fleet = createFakeFleet(['a', 'b']);
    const { take, events } = await begin(fleet);
    fleet.mirror('a').emit('closed', failure('TLS_REFUSED'));
    const first = await take();
    expect(first).toMatchObject({ type: 'failed', host: { name: 'a' }, error: { reason: 'TLS_REFUSED' } });
    fleet.mirror('b').emit('changed', [added]);
    expect(brief(await take())).toBe('b changed');
    fleet.mirror('b').emit('closed', failure('UNREACHABLE'));
    expect(brief(await take())).toBe('b failed');
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(fleet.open).toBe(0);
  });

  it('tells a host that cannot be connected to as failed', async () => {
    const fleet = createFakeFleet(['a', 'b'], (name) => {
      if (name === 'a') throw failure('INVALID_CREDENTIALS');
    });
    const events = watchHosts(fleet.hosts, fleet);
    expect((await events.next()).value).toMatchObject({ type: 'failed', host: { name: 'a' }, error: { reason: 'INVALID_CREDENTIALS' } });
    await events.return();
    expect(fleet.open).toBe(0);
  });

  it('throws what is a mistake of the program, and closes the others', async () => {
    const fleet = createFakeFleet(['a', 'b'], (name) => {
      if (name === 'a') throw new TypeError('a mistake');
    });
    await expect(watchHosts(fleet.hosts, fleet).next()).rejects.toThrow('a mistake');
    expect(fleet.open).toBe(0);
  });

  it('ends with an abort, while it waits, and closes everything', async () => {
    const fleet = createFakeFleet(['a', 'b']);
    const cancellation = new AbortController();
    const { events, take } = await begin(fleet, { signal: cancellation.signal });
    fleet.mirror('a').emit('changed', [added]);
    await take();
    const next = events.next();
    cancellation.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(fleet.open).toBe(0);
    expect([fleet.mirror('a').closed, fleet.mirror('b').closed]).toEqual([true, true]);
  });

  it('tells nothing after an abort', async () => {
    const fleet = createFakeFleet(['a']);
    const cancellation = new AbortController();
    const { events, take } = await begin(fleet, { signal: cancellation.signal });
    fleet.mirror('a').start();
    await take();
    cancellation.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('connects to nobody when aborted before it begins', async () => {
    const fleet = createFakeFleet(['a']);
    expect(await watchHosts(fleet.hosts, { ...fleet, signal: AbortSignal.abort() }).next()).toEqual({ done: true, value: undefined });
    expect(fleet.options.size).toBe(0);
  });

  it('closes everything when the loop is left', async () => {
    const fleet = createFakeFleet(['a', 'b']);
    const { events, take } = await begin(fleet);
    fleet.mirror('a').start();
    await take();
    await events.return();
    expect(fleet.open).toBe(0);
    expect(fleet.mirror('b').closed).toBe(true);
  });

  it('makes Node.js warn of nothing, however many hosts there are', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `h${index}`);
    const warnings = await warningsDuring(async () => {
      const cancellation = new AbortController();
      const { take } = await begin(createFakeFleet(names), { signal: cancellation.signal });
      cancellation.abort();
      await expect(take()).rejects.toThrow('the watch has ended');
    });
    expect(warnings).toEqual([]);
  });

  it('gives hosts their turn: a busy one does not hide the others', async () => {
    const fleet = createFakeFleet(['a', 'b']);
    const { events, take } = await begin(fleet);
    for (let count = 0; count < 5; count += 1) fleet.mirror('a').emit('changed', [added]);
    fleet.mirror('b').emit('changed', [added]);
    expect([brief(await take()), brief(await take()), brief(await take())]).toContain('b changed');
    await events.return();
  });

  it('merges what waits beyond the limit into the net change of each row, and says how many are left out', async () => {
    const fleet = createFakeFleet(['a']);
    const { events, take } = await begin(fleet, { backlogLimit: 10, rows: true });
    const mirror = fleet.mirror('a');
    mirror.start();
    await take();
    for (let count = 0; count < 1_000; count += 1) mirror.emit('changed', [added, removed]);
    mirror.emit('changed', [added]);
    mirror.emit('disconnected', { error: failure('UNREACHABLE'), retryInMs: 1_000 });
    mirror.emit('disconnected', { error: failure('TLS_REFUSED'), retryInMs: 1_000 });
    const told = [await take(), await take(), await take()];
    expect(told).toMatchObject([
      { type: 'synchronized', routes: [] },
      { type: 'changed', changes: [added], merged: 2_000 },
      { type: 'disconnected', error: { reason: 'TLS_REFUSED' } },
    ]);
    mirror.emit('resync', 'otherBoot');
    expect(await take()).toMatchObject({ type: 'resynchronizing' });
    await events.return();
  });
});
