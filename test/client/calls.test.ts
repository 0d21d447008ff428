import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../client/index.js';
import {
  GetAgentResponse,
  GetRouteResponse,
  ListRoutesResponse,
  type RouteServiceServer,
} from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { caught } from './support/caught.js';
import { agentStatus, bareStatus } from './support/fake-service.js';
import { serve } from './support/serve.js';
import { wireRoute } from './support/wire-route.js';

const key = { destinationPrefix: '10.0.0.0/8', nextHop: '192.0.2.1' };
const agentAnswer = GetAgentResponse.fromPartial({ hostName: 'fake', capabilities: {}, limits: {} });

/** Rows without end, as fast as the client takes them. */
function endless(seen: { sent: number; cancelled: boolean }): RouteServiceServer['listRoutes'] {
  return (call) => {
    call.on('cancelled', () => {
      seen.cancelled = true;
    });
    const chunk = ListRoutesResponse.fromPartial({ routeCount: 4_000_000_000, routes: Array.from({ length: 1000 }, () => wireRoute()) });
    const pump = () => {
      while (!seen.cancelled) {
        seen.sent += 1;
        if (!call.write(chunk)) {
          call.once('drain', pump);
          return;
        }
      }
    };
    pump();
  };
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 3_000;
  while (!condition() && Date.now() < end) await sleep(10);
  expect(condition()).toBe(true);
}

/** The value once it has not changed for a while. */
async function standstill(read: () => number): Promise<number> {
  for (let tries = 0; tries < 10; tries += 1) {
    const before = read();
    await sleep(300);
    if (read() === before) return before;
  }
  throw new Error('it never stands still');
}

describe('deadlines', () => {
  it('end a call that is not answered, by the default of the client and by that of the call', async () => {
    const client = await serve(
      {
        getAgent: () => undefined,
        listRoutes: () => undefined,
        listInterfaces: (_call, callback) => callback(null, { interfaces: [] }),
      },
      150,
    );
    // On a busy machine the connection alone can take longer than that.
    await client.listInterfaces({ timeoutMs: 5_000 });
    const error = await caught(client.getAgent());
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', reason: 'DEADLINE_EXCEEDED', method: 'GetAgent', address: client.address });
    expect(error.message).toContain('150 ms');
    expect((await caught(client.getAgent({ timeoutMs: 50 }))).message).toContain('50 ms');
    expect(await caught(client.listRoutes().toArray())).toMatchObject({ reason: 'DEADLINE_EXCEEDED', method: 'ListRoutes' });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d ms are refused', async (timeoutMs) => {
    const client = await serve({});
    expect(await caught(client.getAgent({ timeoutMs }))).toMatchObject({ code: 'INVALID_ARGUMENT', method: 'GetAgent' });
    expect(await caught(() => connect({ address: '127.0.0.1:1', insecure: true, timeoutMs }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('cancelling', () => {
  it('by signal ends the call on both sides, with the reason of the signal', async () => {
    const seen = { begun: false, cancelled: false };
    const client = await serve({
      getAgent: (call) => {
        seen.begun = true;
        call.on('cancelled', () => {
          seen.cancelled = true;
        });
      },
    });
    const abort = new AbortController();
    const failure = caught(client.getAgent({ signal: abort.signal }));
    await until(() => seen.begun);
    abort.abort(new Error('user left'));
    const error = await failure;
    expect(error).toMatchObject({ code: 'CANCELLED', reason: 'CANCELLED' });
    expect(error.cause).toMatchObject({ message: 'user left' });
    await until(() => seen.cancelled);
  });

  it('before the call sends nothing', async () => {
    let calls = 0;
    const client = await serve({
      getAgent: (_call, callback) => {
        calls += 1;
        callback(null, agentAnswer);
      },
    });
    const signal = AbortSignal.abort('early');
    expect(await caught(client.getAgent({ signal }))).toMatchObject({ code: 'CANCELLED', cause: 'early' });
    expect(await caught(client.listRoutes({}, { signal }).toArray())).toMatchObject({ code: 'CANCELLED', cause: 'early' });
    expect(calls).toBe(0);
  });

  it('by signal ends a stream in the middle', async () => {
    const seen = { sent: 0, cancelled: false };
    const client = await serve({ listRoutes: endless(seen) });
    const abort = new AbortController();
    const error = await caught(async () => {
      for await (const _route of client.listRoutes({}, { signal: abort.signal })) abort.abort(new Error('enough'));
    });
    expect(error).toMatchObject({ code: 'CANCELLED', cause: expect.objectContaining({ message: 'enough' }) });
    await until(() => seen.cancelled);
  });

  it('leaves nothing on a signal that lives on', async () => {
    const client = await serve({ getAgent: (_call, callback) => callback(null, agentAnswer) });
    const { signal } = new AbortController();
    const listening = { now: 0, total: 0 };
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof addEventListener>) => {
        listening.now += 1;
        listening.total += 1;
        addEventListener.apply(signal, args);
      },
      removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
        listening.now -= 1;
        removeEventListener.apply(signal, args);
      },
    });
    await client.getAgent({ signal });
    await client.getAgent({ signal });
    expect(listening).toEqual({ now: 0, total: 2 });
  });

  it('by close() ends open calls, refuses new ones, and can be repeated', async () => {
    const seen = { sent: 0, cancelled: false };
    const client = await serve({ getAgent: () => undefined, listRoutes: endless(seen) });
    const waiting = caught(client.getAgent());
    const rows = client.listRoutes()[Symbol.asyncIterator]();
    await rows.next();
    client.close();
    client.close();
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    await until(() => seen.cancelled);
    expect(await caught(client.getAgent())).toMatchObject({ code: 'CANCELLED', message: 'the client is closed' });
  });
});

describe('streams', () => {
  it('are read no faster than the rows are taken', async () => {
    const seen = { sent: 0, cancelled: false };
    const client = await serve({ listRoutes: endless(seen) });
    const rows = client.listRoutes()[Symbol.asyncIterator]();
    await rows.next();
    // A few windows and buffers of 40 KB chunks; without backpressure it would be thousands, and never stand still.
    expect(await standstill(() => seen.sent)).toBeLessThan(400);
    await rows.return?.(undefined);
    await until(() => seen.cancelled);
  });

  it('are cancelled on the agent when the loop is left', async () => {
    const seen = { sent: 0, cancelled: false };
    const client = await serve({ listRoutes: endless(seen) });
    for await (const route of client.listRoutes()) {
      expect(route.destinationPrefix).toBe('10.0.0.0/8');
      break;
    }
    await until(() => seen.cancelled);
  });

  it('that fail in the middle fail the loop after the rows that came', async () => {
    const client = await serve({
      listRoutes: (call) => {
        call.write(ListRoutesResponse.fromPartial({ routeCount: 2, routes: [wireRoute()] }));
        call.emit('error', agentStatus(status.RESOURCE_EXHAUSTED, 'no memory', { reason: 'OUT_OF_MEMORY' }));
      },
    });
    let rows = 0;
    const error = await caught(async () => {
      for await (const _route of client.listRoutes()) rows += 1;
    });
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'OUT_OF_MEMORY', method: 'ListRoutes' });
    expect(rows).toBe(1);
  });
});

describe('repeating', () => {
  let calls = 0;
  afterEach(() => {
    calls = 0;
  });
  const flaky = () => {
    calls += 1;
    return calls < 3 ? bareStatus(status.UNAVAILABLE, 'try again') : null;
  };

  it('a read is repeated until the agent is there, three times at most', async () => {
    const client = await serve({
      getRoute: (_call, callback) => callback(flaky(), GetRouteResponse.fromPartial({ route: wireRoute() })),
      getAgent: (_call, callback) => {
        calls += 1;
        callback(bareStatus(status.UNAVAILABLE, 'never'), null);
      },
    });
    expect(await client.getRoute(key)).toMatchObject(key);
    expect(calls).toBe(3);
    calls = 0;
    expect(await caught(client.getAgent())).toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls).toBe(3);
  });

  it('another error of a read is not', async () => {
    const client = await serve({
      getRoute: (_call, callback) => {
        calls += 1;
        callback(agentStatus(status.NOT_FOUND, 'none', { reason: 'ROUTE_NOT_FOUND' }), null);
      },
    });
    expect(await caught(client.getRoute(key))).toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
    expect(calls).toBe(1);
  });

  it('a write never is', async () => {
    const refuse = (_call: unknown, callback: (error: ReturnType<typeof bareStatus>, value: null) => void) => {
      calls += 1;
      callback(bareStatus(status.UNAVAILABLE, 'try again'), null);
    };
    const client = await serve({ createRoute: refuse, setRoute: refuse, deleteRoute: refuse });
    for (const write of [client.createRoute(key, { allowExisting: true }), client.setRoute(key), client.deleteRoute(key)]) {
      expect(await caught(write)).toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(calls).toBe(3);
  });

  it('a listing is not, once rows have come', async () => {
    const client = await serve({
      listRoutes: (call) => {
        calls += 1;
        call.write(ListRoutesResponse.fromPartial({ routeCount: 2, routes: [wireRoute()] }));
        setTimeout(() => call.emit('error', bareStatus(status.UNAVAILABLE, 'gone')), 50);
      },
    });
    expect(await caught(client.listRoutes().toArray())).toMatchObject({ code: 'UNAVAILABLE' });
    expect(calls).toBe(1);
  });
});

describe('answers', () => {
  it('that break the contract are told as such', async () => {
    const client = await serve({
      getRoute: (_call, callback) => callback(null, GetRouteResponse.fromPartial({})),
      listRoutes: (call) => call.end(),
    });
    const told = { code: 'INTERNAL', reason: 'MALFORMED_ANSWER' };
    expect(await caught(client.getRoute(key))).toMatchObject({ ...told, method: 'GetRoute', message: 'the answer lacks "route"' });
    expect(await caught(client.listRoutes().toArray())).toMatchObject({ ...told, method: 'ListRoutes' });
    expect(await caught(client.listRoutes().header)).toMatchObject(told);
  });

  it('of an older agent: the method is not offered', async () => {
    const client = await serve({});
    expect(await caught(client.listInterfaces())).toMatchObject({ code: 'UNIMPLEMENTED', remedy: expect.stringContaining('update') });
  });
});
