import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ClientHttp2Session } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WatchRoutesRequest } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { missingForKernelRig } from '../support/kernel-rig.js';
import { watchOnWire } from '../support/watching.js';
import type { Wire } from '../support/wire.js';
import { createMirroredHost, type MirroredHost } from './watch-mirror.js';

const missing = missingForKernelRig();
const rounds = 10;
/** Of each round, and each of the three ends that a watch can have. */
const perRound = 102;
/** A snapshot of several messages; and more than may wait for a watcher one by one, so that one that is forgotten holds copies of its own. */
const rows = 2000;
const connectionsPerRound = 4;

describe.skipIf(missing !== undefined)(`${rounds * perRound} watches${missing ? ` (missing: ${missing})` : ''}`, () => {
  let mirrored: MirroredHost;
  beforeAll(async () => {
    mirrored = await createMirroredHost();
  });
  afterAll(() => mirrored?.remove());

  let metric = 100;
  /** Gives every row another metric. */
  async function change(): Promise<void> {
    const row = (number: number): string => `198.18.${number >> 8}.${number & 255}/32 via 192.0.2.1 dev dmz0`;
    const all = Array.from({ length: rows }, (_, number) => row(number));
    const { namespace } = mirrored.host;
    await namespace.batch(all.map((route) => `route add ${route} metric ${metric + 1}`));
    // There are none before the first time.
    await namespace.batch(all.map((route) => `route delete ${route} metric ${metric}`)).catch(() => {});
    metric += 1;
  }

  async function closedInSnapshot(wire: Wire, count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const watching = watchOnWire(wire);
        await watching.until(() => watching.events.some(({ $case }) => $case === 'snapshot'));
        watching.close();
        expect(await watching.ended()).toMatchObject({ code: 'CANCELLED' });
      }),
    );
  }

  async function closedAfterChanges(wire: Wire, count: number): Promise<void> {
    const all = Array.from({ length: count }, () => watchOnWire(wire));
    await Promise.all(all.map((watching) => watching.ready()));
    await change();
    await Promise.all(all.map((watching) => watching.until(() => watching.changes.length >= rows)));
    for (const watching of all) watching.close();
  }

  /** Connections that are gone from one moment to the next, with several watches on each. */
  async function cutOff(count: number): Promise<void> {
    const sessions = Array.from({ length: connectionsPerRound }, () => mirrored.connectHttp2());
    await Promise.all(Array.from({ length: count }, (_, index) => watchBare(sessions[index % sessions.length] as ClientHttp2Session)));
    for (const session of sessions) session.destroy();
  }

  async function round(wire: Wire, count: number): Promise<void> {
    await closedInSnapshot(wire, count / 3);
    await closedAfterChanges(wire, count / 3);
    await cutOff(count / 3);
    // Whoever is forgotten is told of this.
    await change();
  }

  it('leave nothing behind: threads, descriptors, registrations, memory', { timeout: 200_000 }, async () => {
    const agent = await mirrored.startAgent();
    // Of a test that failed: the next one has the same state directory.
    onTestFinished(async () => void (await agent.stop('SIGKILL')));
    const wire = mirrored.connectWire();
    await change();
    await round(wire, 12);
    await wire.listRoutes();
    const before = await settled(agent.pid, (held, last) => isDeepStrictEqual(held, last));
    const resident: number[] = [];
    for (let number = 0; number < rounds; number++) {
      await round(wire, perRound);
      await wire.listRoutes();
      resident.push(residentKiB(agent.pid));
    }
    expect(await settled(agent.pid, (held) => isDeepStrictEqual(held, before))).toEqual(before);
    const [warm = 0, last = 0] = [Math.max(...resident.slice(0, rounds / 2)), Math.min(...resident.slice(-2))];
    const ratios = resident.map((kib) => (kib / (resident[0] ?? 1)).toFixed(2)).join(' ');
    console.log(
      `held before and after: ${JSON.stringify(before)}; resident memory over ${rounds} rounds, relative to the first: ${ratios}`,
    );
    expect(last).toBeLessThan(warm * 1.15);
    wire.close();
    expect(await agent.stop()).toBe(0);
  });

  it('do not keep an agent from ending', async () => {
    // If it waited for them, it would be longer than any test.
    const agent = await mirrored.startAgent('--drain-timeout-seconds', '600');
    const wire = mirrored.connectWire();
    const all = Array.from({ length: 20 }, () => watchOnWire(wire));
    await Promise.all(all.map((watching) => watching.ready()));
    const begun = performance.now();
    const ends = Promise.all(all.map((watching) => watching.ended()));
    expect(await agent.stop()).toBe(0);
    console.log(`with 20 watches open, the agent ended ${Math.round(performance.now() - begun)} ms after SIGTERM`);
    for (const end of await ends) expect(end).toMatchObject({ code: 'UNAVAILABLE' });
    wire.close();
  });
});

/** Opens a watch and waits for its first bytes. */
function watchBare(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/routefleet.v1.RouteService/WatchRoutes',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', reject).once('data', () => resolve());
    const message = WatchRoutesRequest.encode(WatchRoutesRequest.fromPartial({})).finish();
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
  });
}

interface Held {
  readonly threads: number;
  readonly descriptors: number;
  /** Sockets of registrations, and of the rig itself. */
  readonly netlinkSockets: number;
}

function heldBy(pid: number): Held {
  const descriptors = readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  const inodes = readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
    .split('\n')
    .map((line) => `socket:[${line.trim().split(/\s+/).at(-1)}]`);
  return {
    threads: readdirSync(`/proc/${pid}/task`).length,
    descriptors: descriptors.length,
    netlinkSockets: descriptors.filter((target) => inodes.includes(target)).length,
  };
}

function residentKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** What a process holds as soon as that is as it shall be, or at last: connections end some time after their clients. */
async function settled(pid: number, enough: (held: Held, last: Held) => boolean): Promise<Held> {
  const deadline = performance.now() + 30_000;
  let last = heldBy(pid);
  for (;;) {
    await delay(1000);
    const held = heldBy(pid);
    if (enough(held, last) || performance.now() > deadline) return held;
    last = held;
  }
}
