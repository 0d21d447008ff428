import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouteOperation } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { buildKernelRig, createKernelHost, type KernelAgent, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import type { Partially } from '../support/wire.js';

const missing = missingForKernelRig();
const rounds = 10;
const routesPerRound = 1000;
/** Few, so that the history is full, and grows no more, after a few rounds. */
const routesPerCommit = 5;
/** The agent lets no more than 32 writes of one caller wait. */
const withinQueue = pLimit(24);
type Operation = Partially<RouteOperation>;

describe.skipIf(missing !== undefined)(`10,000 routes created and deleted${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  beforeAll(async () => {
    host = await createKernelHost();
  });
  afterAll(() => host?.remove());

  async function churn({ wire }: KernelAgent, round: number): Promise<void> {
    const keys = Array.from({ length: routesPerRound }, (_, index) => ({
      destinationPrefix: index % 2 ? `198.18.${round}.${index >> 2}/32` : `2001:db8:a:${index.toString(16)}::/64`,
      nextHop: index % 2 ? ['192.0.2.1', '192.0.2.9'][(index >> 1) % 2] : '2001:db8:2::1',
    }));
    const interfaces = { interface: { selector: { $case: 'alias', value: 'dmz0' } } } as const;
    const creates = keys.map((value): Operation => ({ operation: { $case: 'create', value } }));
    const deletes = keys.map((key): Operation => ({ operation: { $case: 'delete', value: { ...key, ...interfaces } } }));
    for (const operations of [creates, deletes]) {
      const commits = Array.from({ length: routesPerRound / routesPerCommit }, (_, index) =>
        withinQueue(async () => {
          const { failure } = await wire.applyRoutes({
            operations: operations.slice(index * routesPerCommit, (index + 1) * routesPerCommit),
          });
          if (failure !== undefined) throw failure;
        }),
      );
      await Promise.all(commits);
    }
  }
  const tables = async (): Promise<string> => (await host.namespace.ip('route')) + (await host.namespace.ip('-6 route'));
  const residentKiB = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

  it('leave the table as it was and the memory flat', async () => {
    const agent = await host.startAgent({ library: await buildKernelRig() });
    const before = await tables();
    const resident: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await churn(agent, round);
      resident.push(residentKiB(agent.pid));
    }
    expect(await tables()).toBe(before);
    const [warm = 0, last = 0] = [Math.max(...resident.slice(0, rounds / 2)), Math.min(...resident.slice(-2))];
    console.log(
      `resident memory over ${rounds} rounds, relative to the first: ${resident.map((kib) => (kib / (resident[0] ?? 1)).toFixed(2)).join(' ')}`,
    );
    // A leak of a single row per write would be 104 bytes x 10,000; garbage that waits for collection comes and goes by more than that.
    expect(last).toBeLessThan(warm * 1.15);
    expect(await agent.stop()).toBe(0);
  });

  it('leave nothing for the sanitizers to find, from four threads and with notifications', async () => {
    const program = join(dirname(await buildKernelRig()), 'stress-asan');
    const index = Number.parseInt(await host.namespace.ip('-o link show dmz0'), 10);
    const before = await tables();
    // A finding of a sanitizer ends it with another exit code than 0, and its report is in the error.
    expect(await host.namespace.exec(program, String(index))).toMatch(/^0 failures, \d{4,} events\n$/);
    expect(await tables()).toBe(before);
  });

  it('are clean under AddressSanitizer when Node.js writes them', async () => {
    const libasan = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
    // Node.js leaves its own memory to the end of the process: leaks are the matter of the program above.
    const environment = { LD_PRELOAD: libasan, ASAN_OPTIONS: 'detect_leaks=0' };
    const agent = await host.startAgent({ library: await buildKernelRig({ sanitized: true }), environment });
    await churn(agent, 0);
    await agent.wire.listRoutes();
    await agent.wire.listInterfaces();
    expect(await agent.stop()).toBe(0);
    expect(agent.output()).not.toMatch(/ERROR: AddressSanitizer|runtime error/);
  });
});
