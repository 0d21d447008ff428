import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type MirrorChange, type RouteMirror, routeKeyText } from '../../client/index.js';
import { createRouteMirror } from '../../client/live-route-mirror.js';
import { createRouteWatch } from '../../client/route-watch.js';
import { parseEndpoint } from '../../client/transport/endpoint.js';
import { createGrpcTransport } from '../../client/transport/grpc-transport.js';
import { createTableModel, type TableModel } from './support/table-model.js';
import { row } from './support/watch-events.js';
import { startWatchHost, type WatchCall, type WatchHost } from './support/watch-host.js';

type Action =
  | { readonly do: 'write'; readonly n: number; readonly metric: number | undefined }
  | { readonly do: 'take'; readonly count: number }
  /** Begins calls that break off after so many messages, before one that goes on. */
  | { readonly do: 'reconnect'; readonly broken: readonly number[] }
  /** After so many messages of a new snapshot comes another one. */
  | { readonly do: 'overflow'; readonly brokenAfter: number }
  | { readonly do: 'restart' | 'forget' | 'merge' | 'heartbeat' };

const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('write' as const), n: fc.nat(4), metric: fc.option(fc.nat(2), { nil: undefined }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reconnect' as const), broken: fc.array(fc.nat(5), { maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('overflow' as const), brokenAfter: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('merge' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'forget' as const, 'heartbeat' as const) }) },
);

/** Rows as text: what a view is compared by. */
function viewOf(mirror: RouteMirror): string[] {
  return [...mirror.routes.values()].map((route) => `${route.destinationPrefix} ${route.metric}`).sort();
}

function tableOf({ rows }: TableModel): string[] {
  return [...rows].map(([n, metric]) => `${row(n).destinationPrefix} ${metric}`).sort();
}

/** What somebody knows who was given the rows at the first "synchronized", and then only changes. */
function fold(mirror: RouteMirror, failures: unknown[]): Map<string, number> {
  const known = new Map<string, number>();
  let first = true;
  mirror.on('synchronized', () => {
    if (first) for (const [key, { metric }] of mirror.routes) known.set(key, metric);
    first = false;
  });
  mirror.on('changed', (changes) => {
    try {
      for (const each of changes) takeIn(known, each);
      expect([...known].sort()).toEqual([...mirror.routes].map(([key, { metric }]) => [key, metric]).sort());
    } catch (error) {
      failures.push(error);
    }
  });
  return known;
}

function takeIn(known: Map<string, number>, { kind, route, previous }: MirrorChange): void {
  const key = routeKeyText(route ?? previous ?? expect.fail('a change of no row'));
  const now = route === undefined ? 'removed' : 'changed';
  expect([kind, previous?.metric]).toEqual([known.has(key) ? now : 'added', known.get(key)]);
  if (route === undefined) known.delete(key);
  else known.set(key, route.metric);
}

/** Answers the next call. */
async function answer(host: WatchHost, model: TableModel, broken: readonly number[]): Promise<WatchCall> {
  for (const count of broken) {
    const call = await host.nextCall();
    call.send(...model.open(call.request.since).slice(0, count));
    call.end();
  }
  const call = await host.nextCall();
  call.send(...model.open(call.request.since));
  return call;
}

async function run(host: WatchHost, mirror: RouteMirror, actions: readonly Action[]): Promise<void> {
  const model = createTableModel();
  for (const n of [0, 1, 2]) model.write(n, 0);
  const failures: unknown[] = [];
  mirror.on('closed', (error) => failures.push(error));
  const known = fold(mirror, failures);
  let call = await answer(host, model, []);

  async function settle(): Promise<void> {
    if (!model.allTold) return;
    while (failures.length === 0 && (mirror.state !== 'live' || mirror.revision !== model.revision)) await turn();
    expect(failures).toEqual([]);
    expect(viewOf(mirror)).toEqual(tableOf(model));
    expect(known.size).toBe(mirror.routes.size);
  }

  await settle();
  for (const each of actions) {
    switch (each.do) {
      case 'write':
        model.write(each.n, each.metric);
        break;
      case 'take':
        call.send(...model.take(each.count));
        break;
      case 'heartbeat':
        call.send(...model.heartbeat());
        break;
      case 'merge':
        model.merge();
        break;
      case 'forget':
        model.forget();
        break;
      case 'overflow':
        call.send(...model.overflow().slice(0, 1 + each.brokenAfter));
        call.send(...model.overflow());
        break;
      case 'restart':
        model.restart();
        call.end();
        call = await answer(host, model, []);
        break;
      case 'reconnect':
        call.end();
        call = await answer(host, model, each.broken);
        break;
    }
    // "merge" can take away what waits, and then only a heartbeat tells the revision.
    if (model.allTold) call.send(...model.heartbeat());
    await settle();
  }
  call.send(...model.take(1_000), ...model.heartbeat());
  await settle();
}

it('the mirror is the table, whatever happens to the watch', async () => {
  const host = await startWatchHost();
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const transport = createGrpcTransport({ endpoint: parseEndpoint(host.address), credentials: undefined, serverName: undefined });
      // Below 0: attempts without a wait between them.
      const setting = { transport, fail: (error: unknown) => error, random: () => -1 };
      const mirror = createRouteMirror((signal) => createRouteWatch(setting, { signal }), undefined);
      try {
        await run(host, mirror, actions);
      } finally {
        await mirror.close();
        transport.close();
      }
    }),
    { numRuns: 100 },
  );
});
