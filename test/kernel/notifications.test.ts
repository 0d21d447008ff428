import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKernelRig, createKernelHost, type KernelHost, missingForKernelRig } from '../support/kernel-rig.js';

const missing = missingForKernelRig();
/** MIB_NOTIFICATION_TYPE */
const [parameter, add, remove, initial] = [0, 1, 2, 3];

/** A process in the host's namespace that is notified of route changes. */
interface Probe {
  ask(command: 'count' | 'cancel'): Promise<{ readonly events: readonly string[]; readonly cancelled?: number }>;
  /** Ends it, with the registration still alive unless it was cancelled, and returns the exit code; null when a signal ended it. */
  exit(): Promise<number | null>;
}

describe.skipIf(missing !== undefined)(`notifications from a native thread${missing ? ` (missing: ${missing})` : ''}`, () => {
  let host: KernelHost;
  let library: string;
  const probes: ChildProcess[] = [];
  beforeAll(async () => {
    library = await buildKernelRig();
    host = await createKernelHost();
  });
  afterAll(async () => {
    for (const child of probes) child.kill('SIGKILL');
    await host?.remove();
  });

  async function startProbe(): Promise<Probe> {
    const args = ['netns', 'exec', host.namespace.name, process.execPath, '--import', 'tsx', 'test/kernel/notify-probe.ts', library];
    const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    probes.push(child);
    const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect(JSON.parse((await lines.next()).value as string)).toEqual({ registered: true });
    return {
      async ask(command) {
        child.stdin.write(`${command}\n`);
        return JSON.parse((await lines.next()).value as string);
      },
      exit() {
        child.stdin.write('exit\n');
        return exited;
      },
    };
  }

  /** Asks until the events satisfy, and returns them in any case. */
  async function eventsOf(probe: Probe, enough: (events: readonly string[]) => boolean): Promise<readonly string[]> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { events } = await probe.ask('count');
      if (enough(events) || Date.now() > deadline) return events;
      await delay(50);
    }
  }

  const prefixes = Array.from({ length: 1000 }, (_, index) => `198.18.${index >> 8}.${index & 255}/32`);
  const batch = (verb: 'add' | 'del'): string[] => prefixes.map((prefix) => `route ${verb} ${prefix} via 192.0.2.1`);

  it('tells of 1,000 routes that ip -batch adds and deletes, all of them and in order', async () => {
    const probe = await startProbe();
    expect(await eventsOf(probe, (events) => events.length > 0)).toEqual([`${initial}`]);
    await host.namespace.batch(batch('add'));
    await host.namespace.batch(batch('del'));
    const events = await eventsOf(probe, ({ length }) => length >= 2001);
    const told = (type: number): string[] => prefixes.map((prefix) => `${type} ${prefix} 192.0.2.1`);
    expect(events).toEqual([`${initial}`, ...told(add), ...told(remove)]);
    expect((await probe.ask('cancel')).cancelled).toBe(0);
    expect(await probe.exit()).toBe(0);
  });

  it('tells of a changed metric, and of nothing after it was cancelled', async () => {
    const probe = await startProbe();
    await host.namespace.ip('route add 198.18.9.0/24 via 192.0.2.1 metric 100');
    await host.namespace.ip('route add 198.18.9.0/24 via 192.0.2.1 metric 90');
    const events = await eventsOf(probe, ({ length }) => length >= 3);
    expect(events.slice(1)).toEqual([`${add} 198.18.9.0/24 192.0.2.1`, `${parameter} 198.18.9.0/24 192.0.2.1`]);
    const cancelled = await probe.ask('cancel');
    await host.namespace.ip('route flush exact 198.18.9.0/24');
    expect((await probe.ask('count')).events.length).toBe(cancelled.events);
    expect(await probe.exit()).toBe(0);
  });

  it('cancels in the middle of a storm without deadlock', async () => {
    for (let round = 0; round < 5; round++) {
      const probe = await startProbe();
      const storm = host.namespace.batch([...batch('add'), ...batch('del'), ...batch('add'), ...batch('del')]);
      await eventsOf(probe, ({ length }) => length > 100);
      const { cancelled, events } = await probe.ask('cancel');
      expect(cancelled).toBe(0);
      await storm;
      expect((await probe.ask('count')).events.length).toBe(events);
      expect(await probe.exit()).toBe(0);
    }
  });

  it('ends 20 times with a live registration, in the middle of a storm, without aborting', async () => {
    for (let round = 0; round < 20; round++) {
      const probe = await startProbe();
      const storm = host.namespace.batch([...batch('add'), ...batch('del')]);
      await eventsOf(probe, ({ length }) => length > 1);
      expect(await probe.exit()).toBe(0);
      await storm;
    }
  });
});
