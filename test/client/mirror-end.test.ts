import { getEventListeners, once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchEvent } from '../../client/index.js';
import { createRouteMirror } from '../../client/live-route-mirror.js';
import { caught } from './support/caught.js';
import { eventually } from './support/eventually.js';
import { agentStatus, status } from './support/fake-service.js';
import { beginMirror, mirrorEvents, opening, runningMirror } from './support/mirror-of.js';
import { change, changes, heartbeat, row } from './support/watch-events.js';
import { startWatchHost } from './support/watch-host.js';

const denied = agentStatus(status.PERMISSION_DENIED, 'no', { reason: 'ACCESS_DENIED' });

describe('the end of a mirror', () => {
  it('by close() is told once, and nothing runs after it', async () => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening, 2);
    await Promise.all([mirror.close(), mirror.close(), mirror[Symbol.asyncDispose]()]);
    expect(mirror.state).toBe('closed');
    expect(told.at(-1)).toEqual(['closed', undefined]);
    expect(told).toHaveLength(3);
    expect(mirror.routes.size).toBe(2);
    await eventually(() => call.cancelled).toBe(true);
  });

  it.each(['signal', 'client'])('by %s is an end by this side', async (way) => {
    const host = await startWatchHost();
    const abort = new AbortController();
    const { mirror, told } = beginMirror(host, { signal: abort.signal });
    (await host.nextCall()).send(...opening);
    await mirror.ready;
    if (way === 'signal') abort.abort();
    else host.client.close();
    await eventually(() => told.at(-1)).toEqual(['closed', undefined]);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('between two attempts comes at once', async () => {
    const host = await startWatchHost();
    host.stop();
    const { mirror, names: all } = beginMirror(host);
    await eventually(all).toContain('disconnected');
    await mirror.close();
    expect(all().at(-1)).toBe('closed');
  });

  it('by a failure that stays says why', async () => {
    const host = await startWatchHost();
    const { mirror, told, call } = await runningMirror(host, opening, 2);
    call.end(denied);
    await eventually(() => told.at(-1)).toEqual(['closed', expect.objectContaining({ reason: 'ACCESS_DENIED' })]);
    expect(mirror.state).toBe('closed');
    await mirror.ready;
    await mirror.close();
  });

  it('before it was ready fails "ready"', async () => {
    const host = await startWatchHost();
    const failed = beginMirror(host).mirror;
    (await host.nextCall()).end(denied);
    expect(await caught(failed.ready)).toMatchObject({ reason: 'ACCESS_DENIED', method: 'WatchRoutes' });
    const closed = beginMirror(host).mirror;
    await closed.close();
    expect(await caught(closed.ready)).toMatchObject({ code: 'CANCELLED' });
    const aborted = beginMirror(host, { signal: AbortSignal.abort('early') });
    expect(await caught(aborted.mirror.ready)).toMatchObject({ code: 'CANCELLED', cause: 'early' });
    await aborted.mirror.close();
    expect(aborted.told).toEqual([['closed', undefined]]);
  });

  it('is nothing that has to be looked at', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => {
      process.off('unhandledRejection', note);
    });
    const host = await startWatchHost();
    await host.client.mirror().close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  });

  it('tells nothing more after it, whatever still comes', async () => {
    async function* events(): AsyncGenerator<WatchEvent, void, undefined> {
      yield { type: 'snapshotEnd', revision: 5n, routeCount: 0 };
      yield { type: 'resync', reason: 'overflow' };
    }
    const mirror = createRouteMirror(() => Object.assign(events(), { resumePoint: undefined }), undefined);
    const told: string[] = [];
    for (const name of mirrorEvents) mirror.on(name, () => told.push(name));
    mirror.on('synchronized', () => void mirror.close());
    await mirror.ready;
    await mirror.close();
    expect(told).toEqual(['synchronized', 'closed']);
  });
});

it('a listener that throws is an uncaught exception, and the mirror goes on', async () => {
  const host = await startWatchHost();
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    for (const other of others) process.on('uncaughtException', other);
  });
  const { mirror, call } = await runningMirror(host, opening, 2);
  const failure = new Error('of a listener');
  const thrown = once(process, 'uncaughtException');
  mirror.on('changed', () => {
    throw failure;
  });
  call.send(changes([change(6n, undefined, row(3))]));
  expect((await thrown)[0]).toBe(failure);
  call.send(heartbeat(7n));
  await eventually(() => mirror.revision).toBe(7n);
  expect(mirror.state).toBe('live');
  await mirror.close();
});
