import { describe, expect, it } from 'vitest';
import type { RouteMirror } from '../../client/index.js';
import { eventually } from './support/eventually.js';
import { beginMirror, opening, runningMirror, type Told } from './support/mirror-of.js';
import { change, changes, established, heartbeat, resumed, resync, row, snapshot, snapshotEnd } from './support/watch-events.js';
import { startWatchHost } from './support/watch-host.js';

function metrics(mirror: RouteMirror): Record<string, number> {
  return Object.fromEntries([...mirror.routes.values()].map(({ destinationPrefix, metric }) => [destinationPrefix, metric]));
}

describe('a mirror', () => {
  it('shows nothing of a snapshot before its end', async () => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening.slice(0, 3), 1);
    expect([mirror.state, mirror.revision, mirror.routes.size]).toEqual(['connecting', undefined, 0]);
    const { routes } = mirror;
    call.send(snapshotEnd(5n, 2));
    await mirror.ready;
    expect([mirror.state, mirror.revision, metrics(mirror)]).toEqual(['live', 5n, { '10.1.0.0/16': 0, '10.2.0.0/16': 0 }]);
    expect(mirror.routes).toBe(routes);
    expect(routes.get('10.1.0.0/16 192.0.2.1 7')).toMatchObject({ destinationPrefix: '10.1.0.0/16' });
    expect(told).toEqual([
      ['established', expect.objectContaining({ bootId: 'b', source: 'notifications' })],
      ['synchronized', { revision: 5n, resumed: false }],
    ]);
    await mirror.close();
  });

  it('follows changes, and tells each with its cause when it is done', async () => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening, 2);
    const seen: unknown[] = [];
    mirror.on('changed', () => seen.push(metrics(mirror)));
    call.send(changes([change(6n, undefined, row(3), 'c1'), change(7n, row(1), undefined), change(8n, row(2), row(2, 9))]));
    await eventually(() => seen).toEqual([{ '10.2.0.0/16': 9, '10.3.0.0/16': 0 }]);
    expect(told.at(-1)).toMatchObject([
      'changed',
      [
        { kind: 'added', revision: 6n, commitId: 'c1', missed: false, route: { destinationPrefix: '10.3.0.0/16' } },
        { kind: 'removed', revision: 7n, commitId: undefined, missed: false, previous: { destinationPrefix: '10.1.0.0/16' } },
        { kind: 'changed', revision: 8n, missed: false, previous: { metric: 0 }, route: { metric: 9 } },
      ],
    ]);
    expect(mirror.revision).toBe(8n);
    await mirror.close();
  });

  it('is as of the revision up to which everything is there', async () => {
    const host = await startWatchHost();
    const { mirror, call, names: all } = await runningMirror(host, [...opening, changes([change(8n, undefined, row(3))], 6n)], 3);
    expect(mirror.revision).toBe(6n);
    call.send(heartbeat(9n));
    await eventually(() => mirror.revision).toBe(9n);
    expect(all()).toHaveLength(3);
    await mirror.close();
  });

  it('says what it did to its rows, not what the agent merged', async () => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening, 2);
    call.send(changes([change(6n, undefined, row(1, 4)), change(7n, row(4), undefined), change(8n, row(3), row(3, 1))]));
    await eventually(() => told).toHaveLength(3);
    expect(told.at(-1)?.[1]).toMatchObject([
      { kind: 'changed', revision: 6n, previous: { metric: 0 }, route: { metric: 4 } },
      { kind: 'added', revision: 8n, route: { metric: 1 } },
    ]);
    expect(told.at(-1)?.[1]).toHaveLength(2);
    await mirror.close();
  });

  it('hands filter and heartbeats to the agent', async () => {
    const host = await startWatchHost();
    const { mirror } = beginMirror(host, { filter: { owner: 'a' }, heartbeatIntervalMs: 60_000 });
    const { request } = await host.nextCall();
    expect(request).toMatchObject({ filter: { owner: 'a' }, heartbeatInterval: { seconds: 60n }, since: undefined });
    await mirror.close();
  });

  it('tells nobody who does not listen any more', async () => {
    const host = await startWatchHost();
    const mirror = host.client.mirror();
    const listener = () => expect.fail('told');
    expect(mirror.on('synchronized', listener).off('synchronized', listener)).toBe(mirror);
    (await host.nextCall()).send(...opening);
    await mirror.ready;
    await mirror.close();
  });
});

describe('a mirror that missed something', () => {
  it('goes on where it was', async () => {
    const host = await startWatchHost();
    const { mirror, names: all, call } = await runningMirror(host, opening, 2);
    call.end();
    await eventually(() => mirror.state).toBe('stale');
    const again = await host.nextCall();
    again.send(established('b'));
    await eventually(all).toHaveLength(4);
    expect(mirror.state).toBe('stale');
    again.send(resumed(5n), changes([change(6n, undefined, row(3))]));
    await eventually(all).toEqual(['established', 'synchronized', 'disconnected', 'established', 'synchronized', 'changed']);
    expect(mirror.state).toBe('live');
    await mirror.close();
  });

  it('tells the net difference of two snapshots, before it is synchronized', async () => {
    const host = await startWatchHost();
    const { mirror, told, names: all, call } = await runningMirror(host, opening, 2);
    const begun = new Date();
    call.send(resync(3), snapshot(row(2, 9), row(3)));
    await eventually(all).toHaveLength(3);
    expect([mirror.state, mirror.revision, metrics(mirror)]).toEqual(['stale', 5n, { '10.1.0.0/16': 0, '10.2.0.0/16': 0 }]);
    call.send(snapshotEnd(9n, 2));
    await eventually(all).toEqual(['established', 'synchronized', 'resync', 'changed', 'synchronized']);
    expect(told[2]).toEqual(['resync', 'overflow']);
    const [, missed] = told[3] as Extract<Told, readonly ['changed', unknown]>;
    expect(missed).toMatchObject([
      { kind: 'removed', previous: { destinationPrefix: '10.1.0.0/16' } },
      { kind: 'changed', previous: { metric: 0 }, route: { metric: 9 } },
      { kind: 'added', route: { destinationPrefix: '10.3.0.0/16' } },
    ]);
    for (const each of missed) {
      expect(each).toMatchObject({ missed: true, revision: 9n });
      expect(each.commitId).toBeUndefined();
      expect(each.observeTime.getTime()).toBeGreaterThanOrEqual(begun.getTime());
    }
    expect([mirror.state, metrics(mirror)]).toEqual(['live', { '10.2.0.0/16': 9, '10.3.0.0/16': 0 }]);
    await mirror.close();
  });

  it('takes a row for the same whose age and lifetimes differ, and shows those of now', async () => {
    const host = await startWatchHost();
    const { mirror, names: all, call } = await runningMirror(host, opening, 2);
    const older = { ...row(1), age: { seconds: 99n, nanos: 0 }, validLifetime: { seconds: 7n, nanos: 0 } };
    call.send(resync(3), snapshot(older, row(2)), snapshotEnd(9n, 2));
    await eventually(all).toEqual(['established', 'synchronized', 'resync', 'synchronized']);
    expect(mirror.routes.get('10.1.0.0/16 192.0.2.1 7')).toMatchObject({ ageSeconds: 99, validLifetimeSeconds: 7 });
    await mirror.close();
  });

  it.each([
    ['etag', { etag: 'e9' }],
    ['interface metric', { interfaceMetric: 9 }],
    ['interface alias', { interfaceAlias: 'LAN' }],
    ['interface index', { interfaceIndex: 9 }],
    ['owner', { owner: 'a' }],
    ['persistence', { persistent: true }],
  ])('takes a row for another whose %s differs', async (_case, difference) => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening, 2);
    call.send(resync(3), snapshot({ ...row(1), ...difference }, row(2)), snapshotEnd(9n, 2));
    await eventually(() => told).toHaveLength(5);
    expect(told[3]).toMatchObject(['changed', [{ kind: 'changed', route: { destinationPrefix: '10.1.0.0/16' } }]]);
    expect(told[3]?.[1]).toHaveLength(1);
    await mirror.close();
  });

  it('forgets half of a snapshot', async () => {
    const host = await startWatchHost();
    const { mirror, call, names: all } = await runningMirror(host, [established('b'), snapshot(row(8))], 1);
    call.end();
    await eventually(all).toEqual(['established', 'disconnected']);
    expect(mirror.state).toBe('connecting');
    const again = await host.nextCall();
    again.send(...opening.slice(0, 2), resync(3), snapshot(row(9)), snapshotEnd(6n, 1));
    await mirror.ready;
    expect(metrics(mirror)).toEqual({ '10.9.0.0/16': 0 });
    expect(all()).not.toContain('changed');
    await mirror.close();
  });
});
