import { describe, expect, it } from 'vitest';
import { createObjectRenderer } from '../../../../client/cli/render/watch-objects.js';
import type { HostEvent } from '../../../../client/fleet/host-event.js';
import { RouteError } from '../../../../client/index.js';
import { aChange, aRoute } from '../../fleet/fake-mirror.js';

const time = new Date('2026-11-24T10:00:00Z');
const host = { name: 'web1', address: 'web1:7420', groups: [], labels: {} };
const error = new RouteError({ code: 'UNAVAILABLE', reason: 'UNREACHABLE', message: 'refused', remedy: 'start it' });

function objectsOf(event: HostEvent): object[] {
  const { stdout } = createObjectRenderer(false)({ ...event, host, time });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const five = aRoute('10.9.0.0/16');
const ten = aRoute('10.9.0.0/16', { metric: 10 });
const head = { time: time.toISOString(), host: 'web1' };

describe('objects of a watch', () => {
  it('tell each change with its cause', () => {
    const changes = [
      aChange({ route: five }, { commitId: 'c1' }),
      aChange({ previous: five, route: ten }),
      aChange({ previous: ten }, { missed: true }),
    ];
    const objects = objectsOf({ type: 'changed', changes, merged: 0 });
    const common = { time: '2026-11-24T10:00:00.123Z', host: 'web1', revision: '2' };
    expect(objects).toEqual([
      { ...common, event: 'added', cause: 'commit', commitId: 'c1', route: { ...five, interfaceLuid: String(five.interfaceLuid) } },
      {
        ...common,
        event: 'changed',
        cause: 'external',
        route: expect.objectContaining({ metric: 10 }),
        previous: expect.objectContaining({ metric: 5 }),
      },
      { ...common, event: 'removed', cause: 'unknown', previous: expect.objectContaining({ metric: 10 }) },
    ]);
    expect(Object.keys(objects[0] ?? {}).slice(0, 3)).toEqual(['time', 'host', 'event']);
  });

  it.each<[string, HostEvent, object[]]>([
    [
      'connected',
      { type: 'connected', bootId: 'boot1', revision: 1n, source: 'polling', pollIntervalMs: 2_000 },
      [{ ...head, event: 'connected', bootId: 'boot1', revision: '1', source: 'polling', pollIntervalMs: 2_000 }],
    ],
    [
      'synchronized, with rows',
      { type: 'synchronized', revision: 7n, resumed: false, routeCount: 1, routes: [five] },
      [
        { ...head, event: 'present', revision: '7', route: expect.objectContaining({ destinationPrefix: '10.9.0.0/16' }) },
        { ...head, event: 'synchronized', revision: '7', resumed: false, routeCount: 1 },
      ],
    ],
    ['merged', { type: 'changed', changes: [], merged: 9 }, [{ ...head, event: 'merged', changes: 9 }]],
    ['resynchronizing', { type: 'resynchronizing', reason: 'otherBoot' }, [{ ...head, event: 'resynchronizing', reason: 'otherBoot' }]],
    [
      'disconnected',
      { type: 'disconnected', error, retryInMs: 500 },
      [
        {
          ...head,
          event: 'disconnected',
          retryInMs: 500,
          error: { code: 'UNAVAILABLE', reason: 'UNREACHABLE', message: 'refused', remedy: 'start it', metadata: {} },
        },
      ],
    ],
    ['failed', { type: 'failed', error }, [{ ...head, event: 'failed', error: expect.objectContaining({ reason: 'UNREACHABLE' }) }]],
  ])('tell how the watch goes: %s', (_case, event, expected) => {
    expect(objectsOf(event)).toEqual(expected);
  });

  it('tell a failure on standard error, too', () => {
    expect(createObjectRenderer(false)({ type: 'failed', error, host, time }).stderr).toBe(
      'web1: refused (UNREACHABLE). Remedy: start it.\n',
    );
  });
});
