import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import type { RouteChange } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { type LoggedRoute, sentinel, startIpMonitor } from '../support/ip-monitor.js';
import { buildKernelRig, createKernelHost, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import { watchOnWire } from '../support/watching.js';
import { reasonOf, WireError } from '../support/wire.js';
import { createRandom, stormCommand, stormHops, stormPrefix, stormPrefixes } from './watch-storm.js';
import { differences, interfaceMetricOf, kernelMetric, kernelTable, rowKey, untilSame, wireKey, wireTable } from './watch-table.js';

const missing = missingForKernelRig();
const loggedChanges = 20_000;
/** Rows that nobody touches: reading them takes time, in which others change. The IPv6 ones are read after all IPv4 rows. */
const restingRows = 3000;
/** Metrics that this agent writes, each once: below those of the storm, of which none hides a row of ours and then lets it be seen again. */
const firstOwnMetric = 100;
/** Bursts after which the table has to be as it is told, without any doing of ours. */
const burstsPerCheck = 4;
/** Pairs of single changes, each with a check. */
const pairs = 20;

describe.skipIf(missing !== undefined)(`a watch and ip monitor${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  beforeAll(async () => {
    host = await createKernelHost();
  });
  afterAll(() => host?.remove());

  it(`agree over ${loggedChanges} changes`, { timeout: 300_000 }, async () => {
    const seed = Number(process.env.WATCH_SEED ?? randomInt(2 ** 31));
    onTestFailed(() => console.log(`again with WATCH_SEED=${seed}`));
    const random = createRandom(seed);
    const hops = stormHops(host.subnet);
    const resting = Array.from(
      { length: restingRows },
      (_, row) => `route add 2001:db8:b:${row.toString(16)}::/64 via 2001:db8:64::1 dev lan0`,
    );
    const log = await startIpMonitor(host.namespace);
    const agent = await host.startAgent({ library: await buildKernelRig() });
    const kernel = () => kernelTable(host.namespace);
    const watching = watchOnWire(agent.wire, { heartbeatInterval: { seconds: 0n, nanos: 200_000_000 } });
    onTestFinished(() => watching.close());
    await watching.ready();
    const told = () => wireTable(watching.rows.values());
    const initial = told();
    await host.namespace.batch(resting);

    /** Which commit was to write a metric, and what those ended with that failed. */
    const writers = new Map<number, string>();
    const failed = new Map<string, string>();
    async function writeThroughAgent(): Promise<void> {
      const { family, via, device } = random.pick(hops);
      const key = {
        destinationPrefix: stormPrefix(family, random.below(stormPrefixes)),
        nextHop: via,
        interface: { selector: { $case: 'alias', value: device } } as const,
      };
      const ownMetric = firstOwnMetric + writers.size;
      const commitId = `own-${writers.size}`;
      writers.set(ownMetric, commitId);
      const route = { ...key, metric: ownMetric - interfaceMetricOf(device) };
      const operation = random.pick([
        { $case: 'put', value: route },
        { $case: 'set', value: route },
        { $case: 'delete', value: key },
      ] as const);
      const { failure, commit } = await agent.wire.applyRoutes({ header: { options: { commitId } }, operations: [{ operation }] });
      const reason = failure?.reason ?? (commit?.status && reasonOf(commit.status));
      if (reason !== undefined) failed.set(commitId, reason);
      if (failure !== undefined && !(failure instanceof WireError)) throw failure;
    }

    let flaps = 0;
    function flap(): string[] {
      flaps += 1;
      const back = ['address add 2001:db8:2::2/64 dev dmz0 nodad', 'address add fe80::2:1/64 dev dmz0 nodad'];
      const down = ['link set dmz0 down', 'link set dmz0 up', ...back];
      return random.pick([down, ['address delete 192.0.2.2/24 dev dmz0', 'address add 192.0.2.2/24 dev dmz0']]);
    }

    let checks = 0;
    for (let burst = 1; log.routes.length < loggedChanges; burst++) {
      expect(burst).toBeLessThan(2000);
      const commands = Array.from({ length: 1 + random.below(random.pick([20, 200, 1500])) }, () => stormCommand(random, hops));
      if (random.below(10) === 0) commands.splice(random.below(commands.length), 0, ...flap());
      // Some of the commands ask for what cannot be.
      const storm = host.namespace.batch(commands).catch(() => {});
      for (let writes = random.below(4); writes > 0; writes--) await writeThroughAgent();
      await storm;
      await delay(random.below(60));
      if (burst % burstsPerCheck !== 0) continue;
      checks += 1;
      expect(await untilSame(kernel, told)).toEqual([]);
    }

    // One change after another, of which some come while the table is read for the one before.
    for (let pair = 0; pair < pairs; pair++) {
      const verb = pair % 2 === 0 ? 'add' : 'delete';
      await host.namespace.ip(`route ${verb} 2001:db8:c::/64 via 2001:db8:64::1 dev lan0 metric 1000`);
      await delay(random.below(40));
      await host.namespace.ip(`route ${verb} 198.19.0.0/24 via ${host.subnet}.1 dev lan0 metric 1000`);
      checks += 1;
      expect(await untilSame(kernel, told)).toEqual([]);
    }
    const last = await kernel();
    const listing = await agent.wire.listRoutes();
    expect(differences(last, wireTable(listing.routes))).toEqual([]);
    await log.catchUp();
    await log.stop();
    expect(watching.events.filter(({ $case }) => $case === 'resyncRequired')).toEqual([]);

    const states = statesOf(log.routes);
    const survivors = survivorsOf(log.routes);
    const logged = new Set(
      log.routes.flatMap(({ destinationPrefix, hops }) => hops.map((hop) => rowKey(destinationPrefix, hop.nextHop, hop.device))),
    );
    const lastChanges = new Map<string, RouteChange>();
    let revision = watching.last('established').revision;
    const phantoms: string[] = [];
    const wrongCauses: string[] = [];
    for (const change of watching.changes) {
      expect(change.revision).toBeGreaterThan(revision);
      revision = change.revision;
      const row = change.route ?? change.previous;
      if (row === undefined || row.destinationPrefix === sentinel) continue;
      lastChanges.set(wireKey(row), change);
      if (change.route === undefined) continue;
      const metric = kernelMetric(change.route);
      if (!states.has(`${wireKey(row)} ${metric}`)) phantoms.push(`${wireKey(row)} ${metric}`);
      const writer = writers.get(metric) ?? '';
      // A commit that failed may have put back what the storm had written.
      if (change.commitId !== writer && !(writer === '' && failed.has(change.commitId)))
        wrongCauses.push(`${change.revision} ${wireKey(row)} ${metric}: "${change.commitId}", not "${writer}"`);
    }
    // What is told was there at some time.
    expect(phantoms).toEqual([]);
    expect(wrongCauses).toEqual([]);

    for (const [key, metric] of last) {
      const change = lastChanges.get(key);
      // A row that goes and comes back between two readings is not told of: it is as it was.
      const toldMetric = change === undefined ? initial.get(key) : change.route && kernelMetric(change.route);
      expect([key, toldMetric]).toEqual([key, metric]);
      if (!logged.has(key)) expect([key, change]).toEqual([key, undefined]);
      else expect([key, survivors.has(`${key} ${metric}`)]).toEqual([key, true]);
    }

    const own = new Set(watching.changes.map(({ commitId }) => commitId)).size - 1;
    expect(own).toBeGreaterThan(20);
    console.log(
      [
        `seed ${seed}: ${log.routes.length} logged changes, ${watching.changes.length} told`,
        `(${(log.routes.length / watching.changes.length).toFixed(2)} : 1), ${checks} checks, ${flaps} flaps,`,
        `${last.size} rows, ${[...last.keys()].filter((key) => lastChanges.has(key)).length} of them told of; ${writers.size} own commits, ${own} of them told of, ${failed.size} failed: ${[...new Set(failed.values())].join(', ')}`,
      ].join(' '),
    );
    expect(await agent.stop()).toBe(0);
  });
});

/** Every state of a row that was logged. */
function statesOf(routes: readonly LoggedRoute[]): Set<string> {
  return new Set(routes.flatMap(({ kind, ...route }) => (kind === 'new' ? keysOf(route) : [])));
}

/** States that were logged, and not as deleted after that. */
function survivorsOf(routes: readonly LoggedRoute[]): Set<string> {
  const survivors = new Set<string>();
  for (const { kind, ...route } of routes) {
    for (const key of keysOf(route)) {
      if (kind === 'new') survivors.add(key);
      else survivors.delete(key);
    }
  }
  return survivors;
}

function keysOf({ destinationPrefix, metric, hops }: Omit<LoggedRoute, 'kind'>): string[] {
  return hops.map(({ nextHop, device }) => `${rowKey(destinationPrefix, nextHop, device)} ${Math.max(metric, interfaceMetricOf(device))}`);
}
