import { describe, expect, it } from 'vitest';
import type { WatchEvent, WatchOptions } from '../../client/index.js';
import type { WatchRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { caught } from './support/caught.js';
import { eventually } from './support/eventually.js';
import { agentStatus, bareStatus, status } from './support/fake-service.js';
import { change, changes, established, heartbeat, resumed, resync, row, snapshot, snapshotEnd } from './support/watch-events.js';
import { startWatchHost, type WatchHost } from './support/watch-host.js';

const opening = [established('b'), snapshot(row(1)), snapshotEnd(5n, 1)];

/** A watch whose events are taken one by one. */
function begin(host: WatchHost, options: WatchOptions = {}) {
  const watch = host.client.watchRoutes(options);
  const events = watch[Symbol.asyncIterator]();
  async function next(): Promise<WatchEvent> {
    const { value, done } = await events.next();
    if (done) throw new Error('the watch ended');
    return value;
  }
  async function types(count: number): Promise<string[]> {
    const list: string[] = [];
    for (let taken = 0; taken < count; taken += 1) list.push((await next()).type);
    return list;
  }
  async function until(type: WatchEvent['type']): Promise<WatchEvent> {
    for (;;) {
      const event = await next();
      if (event.type === type) return event;
    }
  }
  return { watch, next, types, until, leave: () => events.return?.() };
}

/** A watch that has the given events behind it. */
async function running(host: WatchHost, options: WatchOptions, ...sent: readonly WatchRoutesResponse[]) {
  const watching = begin(host, options);
  const types = watching.types(sent.length);
  const call = await host.nextCall();
  call.send(...sent);
  await types;
  return { ...watching, call };
}

describe('a watch', () => {
  it('asks for nothing until it is iterated, and can be iterated once', async () => {
    const host = await startWatchHost();
    const { watch, next, leave } = begin(host);
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.callCount).toBe(0);
    const first = next();
    (await host.nextCall()).send(established());
    expect(await first).toMatchObject({ type: 'established' });
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toThrow('iterated once');
    await leave();
  });

  it('hands out what comes, in order, and knows from where to go on', async () => {
    const host = await startWatchHost();
    const { watch, next, call, leave } = await running(host, { filter: { owner: 'a' }, heartbeatIntervalMs: 60_000 }, ...opening);
    expect(call.request).toMatchObject({ filter: { owner: 'a' }, since: undefined, heartbeatInterval: { seconds: 60n } });
    expect(watch.resumePoint).toEqual({ bootId: 'b', revision: 5n });
    call.send(changes([change(6n, undefined, row(2), 'c1')]), heartbeat(9n));
    expect(await next()).toMatchObject({ type: 'changes', changes: [{ kind: 'added', revision: 6n, commitId: 'c1' }] });
    expect(watch.resumePoint?.revision).toBe(6n);
    expect(await next()).toEqual({ type: 'heartbeat', revision: 9n });
    expect(watch.resumePoint?.revision).toBe(9n);
    await leave();
  });

  it('goes on from where an earlier one was', async () => {
    const host = await startWatchHost();
    const since = { bootId: 'b', revision: 7n };
    const { watch, call, leave } = await running(host, { since }, established('b'), resumed(7n));
    expect(call.request.since).toEqual(since);
    expect(watch.resumePoint).toEqual(since);
    await leave();
  });

  it('refuses what cannot be before anything is sent', async () => {
    const { client, callCount } = await startWatchHost();
    for (const options of [{ heartbeatIntervalMs: 99 }, { heartbeatIntervalMs: 3_600_001 }]) {
      const refused = { code: 'INVALID_ARGUMENT', reason: 'INVALID_DURATION', method: 'WatchRoutes', address: client.address };
      expect(await caught(() => client.watchRoutes(options))).toMatchObject(refused);
      expect(await caught(() => client.mirror(options))).toMatchObject(refused);
    }
    expect(callCount).toBe(0);
  });
});

describe('a connection that is lost', () => {
  it.each<[string, readonly WatchRoutesResponse[], bigint | undefined]>([
    ['after changes', [...opening, changes([change(8n, undefined, row(2))])], 8n],
    ['after a heartbeat', [...opening, heartbeat(9n)], 9n],
    ['before merged changes', [...opening, changes([change(8n, undefined, row(2))], 6n)], 6n],
    ['in the middle of a snapshot', [established('b'), snapshot(row(1))], undefined],
    ['in the middle of a new snapshot', [...opening, resync(3), snapshot(row(1))], undefined],
  ])('%s is resumed from the right place', async (_case, sent, revision) => {
    const host = await startWatchHost();
    const { call, next, types, leave } = await running(host, {}, ...sent);
    call.end(bareStatus(status.INTERNAL, 'broken'));
    expect(await next()).toMatchObject({ type: 'disconnected', error: { code: 'INTERNAL', method: 'WatchRoutes' } });
    const event = types(1);
    const again = await host.nextCall();
    expect(again.request.since).toEqual(revision && { bootId: 'b', revision });
    again.send(established('b'));
    expect(await event).toEqual(['established']);
    expect(again.peer).not.toBe(call.peer);
    await leave();
  });

  it('says how long it waits, and less after a snapshot that came to its end', async () => {
    const host = await startWatchHost();
    const { call, next, types, leave } = await running(host, {}, ...opening);
    const waits: number[] = [];
    call.end();
    for (const sent of [[established('b')], [established('b'), resync(3)], [established('b'), snapshotEnd(7n, 0)]]) {
      const event = await next();
      if (event.type === 'disconnected') waits.push(event.retryInMs);
      const taken = types(sent.length);
      const again = await host.nextCall();
      again.send(...sent);
      await taken;
      again.end();
    }
    const last = await next();
    if (last.type === 'disconnected') waits.push(last.retryInMs);
    for (const [index, most] of [250, 500, 1_000, 250].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(most / 2);
      expect(waits[index]).toBeLessThanOrEqual(most);
    }
    await leave();
  });

  it('by an agent that ends the watch without an error is tried again', async () => {
    const host = await startWatchHost();
    const { call, next, leave } = await running(host, {}, ...opening);
    call.end();
    const event = await next();
    expect(event).toMatchObject({ type: 'disconnected', error: { code: 'UNAVAILABLE', reason: 'UNREACHABLE', address: host.address } });
    await leave();
  });

  it('by a host that went away is found again on the same port', async () => {
    const host = await startWatchHost();
    const { next, types, until, leave } = await running(host, {}, ...opening);
    host.stop();
    expect(await next()).toMatchObject({ type: 'disconnected' });
    expect(await next()).toMatchObject({
      type: 'disconnected',
      error: { reason: 'UNREACHABLE', message: expect.stringContaining('refused') },
    });
    await host.start();
    const found = until('established');
    const call = await host.nextCall();
    expect(call.request.since).toEqual({ bootId: 'b', revision: 5n });
    call.send(established('b2'), resync(1), snapshot(row(3)), snapshotEnd(1n, 1));
    expect(await found).toMatchObject({ type: 'established', bootId: 'b2' });
    expect(await types(3)).toEqual(['resync', 'snapshot', 'snapshotEnd']);
    await leave();
  });

  it('is noticed when nothing comes any more, and the call is cancelled', async () => {
    const host = await startWatchHost();
    const { call, until, leave } = await running(host, { heartbeatIntervalMs: 100 }, ...opening);
    // On a busy machine the attempts before it may have been too slow.
    expect(await until('disconnected')).toMatchObject({
      error: { code: 'UNAVAILABLE', reason: 'UNREACHABLE', message: expect.stringContaining('for 3250 ms') },
    });
    await eventually(() => call.cancelled).toBe(true);
    await leave();
  });
});

describe('the end of a watch', () => {
  const denied = agentStatus(status.PERMISSION_DENIED, 'no', { reason: 'ACCESS_DENIED' });
  const noInterface = agentStatus(status.NOT_FOUND, 'no such interface', { reason: 'INTERFACE_NOT_FOUND' });

  it('is what asking again would not change', async () => {
    const host = await startWatchHost();
    const { call, next } = await running(host, {}, ...opening);
    call.end(denied);
    expect(await caught(next())).toMatchObject({ code: 'PERMISSION_DENIED', reason: 'ACCESS_DENIED', method: 'WatchRoutes' });
    expect(host.callCount).toBe(1);
  });

  it('is an interface that is not there at the beginning, and not one that went away', async () => {
    const host = await startWatchHost();
    const first = begin(host);
    const failure = caught(first.next());
    (await host.nextCall()).end(noInterface);
    expect(await failure).toMatchObject({ reason: 'INTERFACE_NOT_FOUND' });
    const { call, next, leave } = await running(host, {}, ...opening);
    call.end(noInterface);
    expect(await next()).toMatchObject({ type: 'disconnected', error: { reason: 'INTERFACE_NOT_FOUND' } });
    await leave();
  });

  it('is not an agent that is down at the beginning', async () => {
    const host = await startWatchHost();
    host.stop();
    const { next, leave } = begin(host);
    expect(await next()).toMatchObject({ type: 'disconnected', error: { reason: 'UNREACHABLE' } });
    await leave();
  });

  it('is an agent that does not know it', async () => {
    const { client } = await startWatchHost({ watches: false });
    expect(await caught(client.watchRoutes()[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'UNIMPLEMENTED',
      message: expect.stringContaining('does not offer WatchRoutes'),
    });
  });

  it.each([
    ['an answer without an event', { event: undefined }],
    ['an answer out of order', snapshotEnd(9n, 0)],
  ])('is %s', async (_case, broken) => {
    const host = await startWatchHost();
    const { call, next } = await running(host, {}, ...opening);
    call.send(broken);
    expect(await caught(next())).toMatchObject({ reason: 'MALFORMED_ANSWER', method: 'WatchRoutes', address: host.address });
    await eventually(() => call.cancelled).toBe(true);
  });

  it('is its loop being left', async () => {
    const host = await startWatchHost();
    const call = host.nextCall().then((arrived) => {
      arrived.send(...opening);
      return arrived;
    });
    for await (const { type } of host.client.watchRoutes()) if (type === 'snapshotEnd') break;
    await eventually(async () => (await call).cancelled).toBe(true);
  });
});

describe('cancelling', () => {
  it('by signal ends it where it waits, with the reason of the signal', async () => {
    const host = await startWatchHost();
    const abort = new AbortController();
    const { call, next } = await running(host, { signal: abort.signal }, ...opening);
    const failure = caught(next());
    abort.abort('enough');
    expect(await failure).toMatchObject({ code: 'CANCELLED', message: 'cancelled by the caller', cause: 'enough' });
    await eventually(() => call.cancelled).toBe(true);
  });

  it('before it begins sends nothing', async () => {
    const host = await startWatchHost();
    const { next } = begin(host, { signal: AbortSignal.abort('early') });
    expect(await caught(next())).toMatchObject({ code: 'CANCELLED', cause: 'early' });
    expect(host.callCount).toBe(0);
  });

  it('by close() of the client ends it where it waits', async () => {
    const host = await startWatchHost();
    const { call, next } = await running(host, {}, ...opening);
    const failure = caught(next());
    host.client.close();
    expect(await failure).toMatchObject({ code: 'CANCELLED', reason: 'CANCELLED' });
    await eventually(() => call.cancelled).toBe(true);
  });

  it.each(['signal', 'close'])('by %s ends it between two attempts', async (way) => {
    const host = await startWatchHost();
    const abort = new AbortController();
    const { call, next } = await running(host, { signal: abort.signal }, ...opening);
    call.end();
    expect(await next()).toMatchObject({ type: 'disconnected' });
    const failure = caught(next());
    if (way === 'signal') abort.abort('enough');
    else host.client.close();
    const message = way === 'signal' ? 'cancelled by the caller' : 'the client is closed';
    expect(await failure).toMatchObject({ code: 'CANCELLED', message });
    expect(host.callCount).toBe(1);
  });

  it('leaves the other calls of the client alone, and their connection', async () => {
    const host = await startWatchHost();
    const { leave } = await running(host, {}, ...opening);
    await leave();
    expect(await caught(host.client.getAgent())).toMatchObject({ code: 'UNIMPLEMENTED' });
  });
});
