import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouteMirror } from '../../client/route-mirror.js';
import { ResyncReason } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import type { Namespace } from '../support/namespaces.js';
import { watchOnWire } from '../support/watching.js';
import { createMirroredHost, logMirror, type MirroredHost } from './watch-mirror.js';
import { kernelTable, type MetricTable, untilSame, wireKey, wireTable } from './watch-table.js';

const missing = missingForKernelRig();
const heartbeatIntervalMs = 2000;
const downMs = 30_000;
const pausedMs = 60_000;

/** The table of a mirror, in the words of the kernel. */
function mirrorTable({ routes }: Pick<RouteMirror, 'routes'>): MetricTable {
  return new Map([...routes.values()].map((route) => [wireKey(route), route.metric + (route.interfaceMetric ?? 0)]));
}

/** Rows 0 to 65,535 on dmz0. */
const row = (number: number): string => `198.18.${number >> 8}.${number & 255}/32 via 192.0.2.1 dev dmz0`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** Adds rows, gives them another metric and takes a third of them away, again and again until `end`. */
async function storm(namespace: Namespace, rows: number, end: AbortSignal): Promise<void> {
  for (let metric = 100; !end.aborted; metric++) {
    const all = range(0, rows);
    await namespace.batch(all.map((number) => `route add ${row(number)} metric ${metric}`));
    // Some are gone since the round before.
    await namespace.batch(all.map((number) => `route delete ${row(number)} metric ${metric - 1}`)).catch(() => {});
    await namespace.batch(all.filter((number) => number % 3 === 0).map((number) => `route delete ${row(number)}`));
    await delay(20);
  }
}

// Most of their time they wait: at once they take a third of it.
describe.skipIf(missing !== undefined).concurrent(`a mirror of a kernel table${missing ? ` (missing: ${missing})` : ''}`, () => {
  const hosts: MirroredHost[] = [];
  beforeAll(async () => {
    for (let made = 0; made < 3; made++) hosts.push(await createMirroredHost());
  });
  afterAll(async () => {
    for (const mirrored of hosts) await mirrored.remove();
  });

  function hostOf(index: number): MirroredHost {
    const host = hosts[index];
    if (host === undefined) throw new Error(`there is no host ${index}`);
    return host;
  }

  it('is right again after its agent was killed in a storm, and says that it missed something', async () => {
    const mirrored = hostOf(0);
    const { namespace } = mirrored.host;
    let agent = await mirrored.startAgent();
    const client = mirrored.connectSdk();
    const mirror = client.mirror({ heartbeatIntervalMs });
    const log = logMirror(mirror);
    await mirror.ready;
    const end = new AbortController();
    const running = storm(namespace, 1500, end.signal);
    try {
      for (let kills = 0; kills < 3; kills++) {
        const told = log.changes.length;
        await until(() => log.changes.length > told + 2000);
        await agent.stop('SIGKILL');
        const established = count(log.events, 'established');
        await delay(200);
        agent = await mirrored.startAgent();
        await until(() => count(log.events, 'established') > established && mirror.state === 'live');
      }
    } finally {
      end.abort();
      await running;
    }
    expect(
      await untilSame(
        () => kernelTable(namespace),
        () => mirrorTable(mirror),
      ),
    ).toEqual([]);
    expect(mirrorTable({ routes: log.rows })).toEqual(mirrorTable(mirror));
    expect(log.broken).toEqual([]);
    // Attempts while the agent starts come and go; each run of the agent is announced, and none is taken for the one before.
    const told = log.events.filter((event) => !/^(disconnected|changed|missed)/.test(event));
    const again = ['established', 'resync otherBoot', 'synchronized'];
    expect(told).toEqual(['established', 'synchronized', ...again, ...again, ...again]);
    expect(count(log.events, 'missed')).toBe(3);
    console.log(`killed: ${log.changes.length} changes, ${log.changes.filter(({ missed }) => missed).length} of them missed in 3 gaps`);
    await mirror.close();
    client.close();
    expect(await agent.stop()).toBe(0);
  }, 240_000);

  it(`goes on without loss after its link was down for ${downMs / 1000} s`, async () => {
    const mirrored = hostOf(1);
    const { namespace, outside } = mirrored.host;
    const agent = await mirrored.startAgent();
    const client = mirrored.connectSdk();
    const mirror = client.mirror({ heartbeatIntervalMs });
    const log = logMirror(mirror);
    await mirror.ready;
    const link = (state: 'up' | 'down') => promisify(execFile)('ip', ['link', 'set', outside, state]);
    await namespace.batch(range(0, 500).map((number) => `route add ${row(number)} metric 100`));
    await until(() => log.changes.length >= 500);
    await link('down');
    const changesBefore = log.changes.length;
    await delay(downMs / 2);
    await namespace.batch(range(0, 500).map((number) => `route delete ${row(number)}`));
    await namespace.batch(range(500, 2500).map((number) => `route add ${row(number)} metric 200`));
    await delay(downMs / 2);
    // The silence was noticed, though neither end was told of anything.
    expect(log.events).toContain('disconnected UNREACHABLE');
    expect(mirror.state).toBe('stale');
    expect(log.changes.length).toBe(changesBefore);
    const up = performance.now();
    await link('up');
    await until(() => mirror.state === 'live');
    const backMs = performance.now() - up;
    expect(
      await untilSame(
        () => kernelTable(namespace),
        () => mirrorTable(mirror),
      ),
    ).toEqual([]);
    expect(mirrorTable({ routes: log.rows })).toEqual(mirrorTable(mirror));
    expect(log.broken).toEqual([]);
    const told = log.events.filter((event) => !/^(disconnected|changed)/.test(event));
    expect(told).toEqual(['established', 'synchronized', 'established', 'resumed']);
    const meanwhile = log.changes
      .slice(changesBefore)
      .filter(({ route, previous }) => (route ?? previous)?.destinationPrefix.startsWith('198.18.'));
    expect(meanwhile.length).toBe(2500);
    console.log(`link down: live again ${(backMs / 1000).toFixed(1)} s after the link was up, ${meanwhile.length} changes made up for`);
    await mirror.close();
    client.close();
    expect(await agent.stop()).toBe(0);
  }, 240_000);

  it(`is not held up by a watcher that reads nothing for ${pausedMs / 1000} s, and that one is told what it lost`, async () => {
    const mirrored = hostOf(2);
    const { namespace } = mirrored.host;
    const agent = await mirrored.startAgent();
    const client = mirrored.connectSdk();
    const mirror = client.mirror({ heartbeatIntervalMs });
    const log = logMirror(mirror);
    await mirror.ready;
    const wire = mirrored.connectWire();
    const slow = watchOnWire(wire, { heartbeatInterval: { seconds: 1n, nanos: 0 } });
    await slow.ready();
    slow.pause();
    const paused = performance.now();
    const told = slow.changes.length;
    // More rows than may wait, in pieces that a reader can follow.
    const rows = 24_000;
    for (let start = 0; start < rows; start += 1000) {
      await namespace.batch(range(start, start + 1000).map((number) => `route add ${row(number)} metric 100`));
      await until(() => has(mirror, start + 999, 100));
    }
    for (let metric = 101; performance.now() - paused < pausedMs; metric++) {
      const some = range(0, 1000).map((number) => (number * metric) % rows);
      await namespace.batch(some.flatMap((number) => [`route delete ${row(number)}`, `route add ${row(number)} metric ${metric}`]));
      await delay(500);
    }
    await namespace.ip(`route add ${row(rows)} metric 77`);
    await until(() => has(mirror, rows, 77));
    // All of that while the other had read nothing.
    expect(slow.changes.length).toBe(told);
    expect(count(log.events, 'resync')).toBe(0);
    slow.resume();
    expect(
      await untilSame(
        () => kernelTable(namespace),
        () => wireTable(slow.rows.values()),
      ),
    ).toEqual([]);
    expect(
      await untilSame(
        () => kernelTable(namespace),
        () => mirrorTable(mirror),
      ),
    ).toEqual([]);
    const kinds = slow.events.map(({ $case }) => $case).filter((kind, index, all) => kind !== all[index - 1]);
    const resyncs = slow.events.filter((event) => event.$case === 'resyncRequired');
    expect(resyncs).toMatchObject([{ value: { reason: ResyncReason.OVERFLOW } }]);
    expect(kinds.slice(kinds.indexOf('resyncRequired'), kinds.indexOf('resyncRequired') + 3)).toEqual([
      'resyncRequired',
      'snapshot',
      'snapshotEnd',
    ]);
    expect(log.events.filter((event) => event !== 'changed')).toEqual(['established', 'synchronized']);
    expect(log.broken).toEqual([]);
    console.log(
      `paused: ${log.changes.length} changes to the reader, ${slow.changes.length} and ${slow.last('snapshotEnd').routeCount} rows to the other`,
    );
    slow.close();
    wire.close();
    await mirror.close();
    client.close();
    expect(await agent.stop()).toBe(0);
  }, 240_000);
});

function count(events: readonly string[], begin: string): number {
  return events.filter((event) => event.startsWith(begin)).length;
}

function has(mirror: RouteMirror, number: number, metric: number): boolean {
  const [prefix] = row(number).split(' ');
  for (const route of mirror.routes.values())
    if (route.destinationPrefix === prefix) return route.metric + (route.interfaceMetric ?? 0) === metric;
  return false;
}

/** Only the time-out of the test ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20);
}
