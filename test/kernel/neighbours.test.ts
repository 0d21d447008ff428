import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKernelRig, createKernelHost, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';
import type { Answer, Question } from './probe-runner.js';

const missing = missingForKernelRig();

/** A process in the host's namespace that asks through the port. */
interface Runner {
  /** All at once. */
  ask(...questions: readonly Question[]): Promise<readonly Answer[]>;
  /** The value of the only question; the reason where it failed. */
  value(question: Question): Promise<Answer['value']>;
}

describe.skipIf(missing !== undefined)(`neighbours on a real link${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let library: string;
  let runner: Runner;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    library = await buildKernelRig();
    host = await createKernelHost();
    for (const address of ['192.0.2.1/24', '2001:db8:2::1/64']) await host.neighbours.ip(`address add ${address} dev dmz1`);
    runner = startRunner();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await host?.remove();
  });

  function startRunner(environment: Readonly<Record<string, string>> = {}): Runner {
    const args = ['netns', 'exec', host.namespace.name, process.execPath, '--import', 'tsx', 'test/kernel/probe-runner.ts', library];
    const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask: Runner['ask'] = async (...questions) => {
      child.stdin.write(`${JSON.stringify(questions)}\n`);
      return JSON.parse((await lines.next()).value as string);
    };
    return {
      ask,
      async value(question) {
        const [answer] = await ask(question);
        return answer?.value ?? answer?.reason;
      },
    };
  }
  const neighbourEntry = (address: string): Promise<string> => host.namespace.ip(`neighbour show ${address} dev dmz0`);

  describe.each([
    { family: 4, live: '192.0.2.1', silent: '192.0.2.9', cut: '192.0.2.7', length: 24 },
    { family: 6, live: '2001:db8:2::1', silent: '2001:db8:2::9', cut: '2001:db8:2::7', length: 64 },
  ] as const)('IPv$family', ({ family, live, silent, cut, length }) => {
    it('answer when they are there, and not when they are not', async () => {
      expect(await runner.value({ neighbour: live, on: 'dmz0' })).toBe(true);
      const [answer] = await runner.ask({ neighbour: silent, on: 'dmz0' });
      expect(answer).toMatchObject({ value: false });
      expect(answer?.ms).toBeLessThan(6000);
    });

    it('do not answer from the cache', async () => {
      await host.neighbours.ip(`address add ${cut}/${length} dev dmz1`);
      expect(await runner.value({ neighbour: cut, on: 'dmz0' })).toBe(true);
      await host.neighbours.ip(`address delete ${cut}/${length} dev dmz1`);
      expect(await neighbourEntry(cut)).toContain('REACHABLE');
      expect(await runner.value({ neighbour: cut, on: 'dmz0' })).toBe(false);
    });

    it('are asked again when an entry comes from elsewhere than an answer', async () => {
      const asked = runner.value({ neighbour: silent, on: 'dmz0' });
      await delay(1000);
      await host.namespace.ip(`neighbour replace ${silent} lladdr 02:00:00:00:00:09 dev dmz0 nud stale`);
      expect(await asked).toBe(false);
    });

    it('are what a default-gateway probe asks for', async () => {
      await host.namespace.ip(`-${family} route flush exact default`);
      expect(await runner.value({ gateway: family })).toBe('no default route on an interface that is up');
      await host.namespace.ip(`-${family} route add default via ${silent} dev dmz0 metric 100`);
      expect(await runner.value({ gateway: family })).toMatch(new RegExp(`^${silent} on interface \\d+ does not answer$`));
      await host.namespace.ip(`-${family} route add default via ${live} dev dmz0 metric 50`);
      expect(await runner.value({ gateway: family })).toBe('');
    });
  });

  it('answer by link-local address', async () => {
    const [linkLocal = ''] = /fe80:[^/]+/.exec(await host.neighbours.ip('-6 address show dev dmz1')) ?? [];
    expect(await runner.value({ neighbour: linkLocal, on: 'dmz0' })).toBe(true);
    // The same address is not on the other link.
    expect(await runner.value({ neighbour: linkLocal, on: 'lan0' })).toBe(false);
  });

  it('answer two that ask at once, and hold up nobody else while they are silent', async () => {
    const twice = { neighbour: '192.0.2.1', on: 'dmz0' } as const;
    expect(await runner.ask(twice, twice)).toMatchObject([{ value: true }, { value: true }]);
    // By index, which takes no look-up: they are all under way when the table is read.
    const index = Number.parseInt(await host.namespace.ip('-o link show dmz0'), 10);
    const silent = [21, 22, 23, 24, 25].map((last) => ({ neighbour: `192.0.2.${last}`, index }));
    const answers = await runner.ask(...silent, 'route count');
    expect(answers.slice(0, -1).map(({ value }) => value)).toEqual(silent.map(() => false));
    expect(answers.at(-1)?.ms).toBeLessThan(2000);
  });

  it('need an interface that exists; one that is down has none that answers', async () => {
    expect(await runner.value({ neighbour: '192.0.2.1', index: 9999 })).toBe('INTERFACE_NOT_FOUND');
    expect(await runner.value({ neighbour: '192.0.2.1', index: 0 })).toBe('INVALID_ARGUMENT');
    expect(await runner.value({ neighbour: '127.0.0.1', on: 'dmz0' })).toBe('INVALID_ARGUMENT');
    await host.topology.link({ namespace: host.namespace, device: 'off0' }, { namespace: host.neighbours, device: 'off1' });
    await host.namespace.ip('link set off0 down');
    expect(await runner.value({ neighbour: '198.51.100.1', on: 'off0' })).toBe(false);
  });

  it('fail as the function does', async () => {
    const codes = [67, 1232, 1168, 87, 50, 31, 127];
    const RIG_FAULTS = codes.map((code, call) => `ResolveIpNetEntry2:${call + 1}:${code}`).join();
    const faulty = startRunner({ RIG_FAULTS });
    const values: Answer['value'][] = [];
    for (const _ of codes) values.push(await faulty.value({ neighbour: '192.0.2.1', on: 'dmz0' }));
    expect(values).toEqual([
      ...[false, false, 'INTERFACE_NOT_FOUND', 'INVALID_ARGUMENT', 'NOT_SUPPORTED', 'WIN32_ERROR', 'FUNCTION_MISSING'],
    ]);
    expect(await faulty.value({ neighbour: '192.0.2.1', on: 'dmz0' })).toBe(true);
  });

  it('prove with a refusal that packets go and come, and nothing when they do not', async () => {
    const closed = { port: 9, timeoutMs: 1000 } as const;
    expect(await runner.value({ peer: '192.0.2.1', ...closed })).toBe('');
    expect(await runner.value({ peer: '::ffff:192.0.2.1', ...closed })).toBe('');
    expect(await runner.value({ peer: '192.0.2.31', port: 9, timeoutMs: 8000 })).toBe('host unreachable');
    expect(await runner.value({ connect: '192.0.2.1', ...closed })).toBe('connection refused');
    // The packets arrive, the answers are lost: the agent's way out is there, the way back is not.
    await host.neighbours.ip('route add blackhole 192.0.2.2');
    expect(await runner.value({ peer: '192.0.2.1', ...closed })).toBe('timed out after 1 s');
    expect(await runner.value({ connect: '192.0.2.1', ...closed })).toBe('timed out after 1 s');
    await host.neighbours.ip('route delete blackhole 192.0.2.2');
    await host.namespace.ip('route add unreachable 198.51.100.77');
    expect(await runner.value({ peer: '198.51.100.77', ...closed })).toBe('host unreachable');
  });
});
