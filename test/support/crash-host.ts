import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CrashOrder, CrashReport, RecoveryOrder, RecoveryReport } from '../kernel/crash-orders.js';
import { createCleanup } from './cleanup.js';
import { createTopology } from './namespaces.js';

/** A namespace of its own, with lan0 and dmz0, on whose table agents are killed. */
export interface CrashHost {
  /** Puts the rows of the beginning in place, whatever there is. */
  reset(): Promise<void>;
  /** The table as `ip route` shows it, sorted. */
  table(): Promise<string>;
  /** Runs an agent to its end by SIGKILL. @returns what it told, if it came to the end of its story */
  crash(order: Omit<CrashOrder, 'role' | 'library'>): Promise<CrashReport | undefined>;
  /** Starts an agent on what is there, asks it, and stops it. */
  recover(order: { readonly stateDir: string; readonly write: boolean }): Promise<RecoveryReport>;
  /** A fresh state directory. */
  stateDir(): string;
  remove(): Promise<void>;
}

const addresses = [
  ['lan0', '198.51.100.2/25', '2001:db8:64::2/64'],
  ['dmz0', '192.0.2.2/24', '2001:db8:2::2/64'],
] as const;

/** Makes the namespace. `rows`: the rows of the beginning, one a line for `ip`; `within`: prefixes that hold all rows of a story. */
export async function createCrashHost(
  bundle: string,
  library: string,
  { rows, within }: { readonly rows: readonly string[]; readonly within: readonly string[] },
): Promise<CrashHost> {
  const cleanup = createCleanup();
  const topology = createTopology();
  cleanup.defer(topology.remove);
  try {
    const namespace = await topology.namespace('crash');
    const neighbours = await topology.namespace('neighbours');
    for (const [device, ipv4, ipv6] of addresses) {
      await topology.link({ namespace, device }, { namespace: neighbours, device: `${device}-far` });
      await namespace.ip(`address add ${ipv4} dev ${device}`);
      await namespace.ip(`address add ${ipv6} dev ${device} nodad`);
    }
    const directory = mkdtempSync(join(tmpdir(), 'routefleet-crash-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    const run = (order: CrashOrder | RecoveryOrder) =>
      spawn('ip', ['netns', 'exec', namespace.name, 'setpriv', '--pdeathsig', 'KILL', process.execPath, bundle, JSON.stringify(order)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
    const recoverer = run({ role: 'recover', library });
    cleanup.defer(() => recoverer.kill('SIGKILL'));
    const answers = createInterface({ input: recoverer.stdout })[Symbol.asyncIterator]();
    let directories = 0;
    return {
      async reset() {
        const flushes = within.map((prefix) => `${prefix.includes(':') ? '-6' : '-4'} route flush root ${prefix}`);
        const commands = [...flushes, '-4 route flush exact default', '-6 route flush exact default', ...rows];
        await namespace.exec('sh', '-ec', commands.map((command) => `ip ${command}`).join('\n'));
      },
      async table() {
        const rows = (await namespace.exec('sh', '-c', 'ip -4 route; ip -6 route')).split('\n');
        return rows.sort().join('\n');
      },
      async crash(order) {
        const child = run({ ...order, role: 'crash', library });
        let output = '';
        child.stdout.on('data', (data) => {
          output += data;
        });
        const [code, signal] = await new Promise<unknown[]>((done) => child.on('close', (...how) => done(how)));
        if (signal !== 'SIGKILL') throw new Error(`the agent ended with ${code} instead of being killed: ${output}`);
        return output === '' ? undefined : (JSON.parse(output) as CrashReport);
      },
      async recover(order) {
        recoverer.stdin.write(`${JSON.stringify(order)}\n`);
        return JSON.parse((await answers.next()).value as string) as RecoveryReport;
      },
      stateDir: () => join(directory, `state-${directories++}`),
      remove: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
