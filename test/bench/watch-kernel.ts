import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Metadata } from '@grpc/grpc-js';
import { RouteServiceService as service, WatchRoutesRequest } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { bundleProgram } from '../support/bundle.js';
import { buildKernelRig, createKernelHost, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import type { Wire } from '../support/wire.js';
import { type Benchmark, resultOf } from './benchmark.js';
import { writeBatch } from './kernel-storm.js';
import { operationPrefix } from './operations.js';

const changes = 100_000;
/** Between two looks at the file of the monitor, in ms. */
const lookMs = 5;

/** A watch in a storm. */
export const watchKernel: Benchmark = {
  name: 'watch-kernel',
  about:
    'changes of `ip -batch` on a kernel table: time until a watch over mutual TLS, and until `ip monitor route` into a file, has the last; both at once',
  missing: missingForKernelRig,
  async run({ rounds }) {
    const host = await createKernelHost();
    const program = await bundleProgram('agent/main.ts');
    const batch = writeBatch(changes);
    try {
      const agent = await host.startAgent({ library: await buildKernelRig(), bundle: program.path });
      const pairs: (readonly [ours: number, floor: number])[] = [];
      for (let round = 0; round <= rounds; round++) {
        const pair = await race(host, agent.wire, batch);
        if (round > 0) pairs.push(pair);
      }
      return [resultOf({ what: `${changes.toLocaleString('en')} changes`, unit: 'ms', goal: { most: 1.5 } }, pairs)];
    } finally {
      await host.remove();
      await program.remove();
      await rm(batch.directory, { recursive: true });
    }
  },
};

async function race(host: KernelHost, wire: Wire, { path, directory }: ReturnType<typeof writeBatch>): Promise<[number, number]> {
  const last = operationPrefix(changes - 1);
  const watch = await watchFor(wire, last);
  const log = join(directory, 'monitor');
  const file = openSync(log, 'w');
  const monitor = spawn('ip', ['-netns', host.namespace.name, '-rcvbuf', `${128 * 1024 * 1024}`, '-oneline', 'monitor', 'route'], {
    stdio: ['ignore', file, 'inherit'],
  });
  const ended = once(monitor, 'exit');
  try {
    await heard(host, log);
    const begun = performance.now();
    const [ours, floor] = await Promise.all([
      watch.seen.then(() => performance.now() - begun),
      // iproute2 leaves out the length of a host route.
      inFile(log, `${last.slice(0, -'/32'.length)} `).then(() => performance.now() - begun),
      promisify(execFile)('ip', ['-netns', host.namespace.name, '-batch', path]),
    ]);
    return [ours, floor];
  } finally {
    watch.close();
    monitor.kill();
    await ended;
    closeSync(file);
    await host.namespace.ip('route flush root 45.0.0.0/8');
  }
}

/** Resolves when the monitor listens: it has written of a row that came and went. */
async function heard({ namespace }: KernelHost, log: string): Promise<void> {
  while ((await stat(log)).size === 0) {
    await namespace.batch(['route add 233.252.0.0/24 dev lo', 'route delete 233.252.0.0/24 dev lo']);
    await delay(lookMs);
  }
}

/** Resolves when a text is in the last lines of a file. */
async function inFile(path: string, text: string): Promise<void> {
  for (let size = 0; ; await delay(lookMs)) {
    const now = (await stat(path)).size;
    if (now === size) continue;
    size = now;
    if ((await readFile(path)).subarray(-4096).includes(text)) return;
  }
}

/** A watch that looks for a prefix in the bytes of its messages, and does as little else as possible. */
async function watchFor({ client }: Wire, prefix: string): Promise<{ readonly seen: Promise<void>; close(): void }> {
  const request = WatchRoutesRequest.fromPartial({});
  const call = client.makeServerStreamRequest(
    service.watchRoutes.path,
    service.watchRoutes.requestSerialize,
    (bytes) => bytes,
    request,
    new Metadata(),
  );
  call.on('error', () => {});
  // One event is one field, and its tag the first byte: that of snapshot_end.
  const snapshotEnd = (3 << 3) | 2;
  let ready = (): void => {};
  let see = (): void => {};
  const begun = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const seen = new Promise<void>((resolve) => {
    see = resolve;
  });
  call.on('data', (bytes: Buffer) => {
    if (bytes[0] === snapshotEnd) ready();
    else if (bytes.includes(prefix)) see();
  });
  await begun;
  return { seen, close: () => call.cancel() };
}
