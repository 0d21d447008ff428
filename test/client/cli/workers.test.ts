import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliProcess, type Ended, startCli } from './cli-process.js';

let fleet: TestFleet;
let desired: string;
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, web2: {}, web3: {}, web4: {}, off1: { down: true } });
  desired = await fleet.write(
    'routes.yaml',
    'owner: team-net\nroutes:\n  - { prefix: 10.50.0.0/16, nextHop: 10.20.0.1, interface: Ethernet }\n',
  );
});
afterAll(() => fleet?.close());

const cli = (...args: readonly string[]): Promise<Ended> =>
  startCli([...args, '--inventory', fleet.inventory, '--rollouts-dir', `${fleet.directory}/rollouts`]).ended;

describe('--workers 2', () => {
  it('plans as one process does, in the same order and with the same failures', async () => {
    const [alone, together] = await Promise.all(
      [[], ['--workers', '2']].map((more) => cli('plan', '-f', desired, '-o', 'ndjson', ...more)),
    );
    const hosts = (text = ''): unknown[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ host, creates, steps }) => ({ host, creates, steps }));
    expect(hosts(together?.stdout).map((plan) => (plan as { host: string }).host)).toEqual(['web1', 'web2', 'web3', 'web4']);
    expect(hosts(together?.stdout)).toEqual(hosts(alone?.stdout));
    expect(together?.stderr).toBe(alone?.stderr);
    expect(together?.stderr).toMatch(/off1.*UNREACHABLE/s);
    expect(together?.code).toBe(alone?.code);
  });

  it('rolls out and undoes, host by host confirmed by the controller', async () => {
    const chosen = ['--workers', '2', '--host', 'web*'];
    const rolled = await cli('rollout', 'start', '-f', desired, '--waves', '1,100%', '--soak', '1ms', ...chosen);
    expect(rolled.stderr).toBe('');
    expect(rolled.code).toBe(0);
    const has = (name: string): boolean =>
      fleet
        .agent(name)
        .control.routes()
        .some(({ destinationPrefix }) => formatPrefix(destinationPrefix) === '10.50.0.0/16');
    expect(['web1', 'web2', 'web3', 'web4'].map(has)).toEqual([true, true, true, true]);
    const id = /rollout (\S+):/.exec(rolled.stdout)?.[1] ?? '';
    expect((await cli('rollout', 'undo', id, '--workers', '2')).code).toBe(0);
    expect(['web1', 'web2', 'web3', 'web4'].map(has)).toEqual([false, false, false, false]);
  });

  it.each(['0', '65', 'many'])('--workers %s is a usage error', async (count) => {
    const { code, stderr } = await cli('plan', '-f', desired, '--workers', count);
    expect(stderr).toContain(`"${count}" for --workers is not a whole number from 1 to 64`);
    expect(code).toBe(64);
  });
});

describe.skipIf(process.platform !== 'linux')('the processes (found by /proc)', () => {
  let silent: Server;
  let inventory: string;
  let connected = (): void => {};
  beforeAll(async () => {
    silent = createServer(() => connected()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    inventory = await fleet.write('silent.yaml', `hosts: { mute1: { address: "127.0.0.1:${port}" } }\n`);
  });
  afterAll(() => silent?.close());

  /** A plan that hangs at a host that says nothing, and the processes that work for it. */
  async function hanging(): Promise<CliProcess & { readonly workers: readonly number[] }> {
    const reached = new Promise<void>((resolve) => {
      connected = resolve;
    });
    const started = startCli(['plan', '-f', desired, '--inventory', inventory, ...fleet.tlsArgs, '--workers', '2', '--timeout', '10m']);
    await reached;
    const { pid } = started.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    const isWorker = (child: number): boolean => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.ts');
    return { ...started, workers: children.filter(isWorker) };
  }

  it('are told of when one dies, with what to do', async () => {
    const { ended, workers } = await hanging();
    for (const pid of workers) process.kill(pid, 'SIGKILL');
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/a process that works on hosts ended by SIGKILL[\s\S]*--workers 1/);
    expect(code).toBe(1);
  });

  it('end with the controller, also when it is killed', async () => {
    const { child, ended, workers } = await hanging();
    expect(workers).toHaveLength(2);
    child.kill('SIGKILL');
    await ended;
    const runs = (pid: number): boolean => {
      try {
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    while (workers.some(runs)) await sleep(20);
  });

  it('leave Ctrl-C to the controller', async () => {
    const { child, ended, workers } = await hanging();
    for (const pid of workers) for (const signal of ['SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).not.toContain('ended');
    expect(code).toBe(130);
  });
});
