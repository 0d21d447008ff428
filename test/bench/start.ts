import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { bundleProgram } from '../support/bundle.js';
import { type Benchmark, elapsedMs, type Result, resultOf } from './benchmark.js';

/** Time after the first answer until the memory is read, in ms: what the start left behind is collected then, or never. */
const idleMs = 3000;
const emptyServer = fileURLToPath(new URL('empty-server.js', import.meta.url));

/** What a host gives for the agent before it does anything. */
export const start: Benchmark = {
  name: 'start',
  about:
    'routefleet-agent of the package on a simulated host, from the start of node to its first answer, and resident memory after it, against grpc-js with one RPC that answers nothing',
  missing: () => (process.platform === 'linux' ? undefined : 'Linux (/proc)'),
  async run({ rounds }) {
    const directory = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
    const agent = await bundleProgram('agent/main.ts');
    const args = ['--simulate', 'office', '--insecure', '--listen', '127.0.0.1:0', '--state-dir', directory];
    const times: [number, number][] = [];
    const memory: [number, number][] = [];
    try {
      for (let round = 0; round <= rounds; round++) {
        const ours = await measure([agent.path, ...args]);
        const floor = await measure([emptyServer]);
        // The first one reads the files from the disk.
        if (round === 0) continue;
        times.push([ours.ms, floor.ms]);
        memory.push([ours.mebibytes, floor.mebibytes]);
      }
    } finally {
      await Promise.all([agent.remove(), rm(directory, { recursive: true })]);
    }
    const results: Result[] = [
      resultOf({ what: 'start to first answer', unit: 'ms', goal: { most: 1.5 } }, times),
      resultOf({ what: 'idle memory', unit: 'MiB', goal: { most: 1.3 } }, memory),
    ];
    return results;
  },
};

async function measure(args: readonly string[]): Promise<{ readonly ms: number; readonly mebibytes: number }> {
  let child: ChildProcess | undefined;
  try {
    const ms = await elapsedMs(async () => {
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await firstAnswer(await addressOf(child));
    });
    await sleep(idleMs);
    return { ms, mebibytes: resident(child?.pid ?? 0) / 1024 };
  } finally {
    child?.kill();
    if (child?.exitCode === null) await once(child, 'exit');
  }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface({ input: stdout })) {
    const { msg, address } = JSON.parse(line) as { readonly msg: string; readonly address: string };
    if (msg === 'listening') return address;
  }
  throw new Error('the process ended before it listened');
}

/** Whatever it is. */
async function firstAnswer(address: string): Promise<void> {
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  await new Promise<void>((resolve) => {
    client.makeUnaryRequest('/routefleet.v1.RouteService/GetAgent', same, same, Buffer.alloc(0), new Metadata(), () => resolve());
  });
  client.close();
}

/** In KiB. */
function resident(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
