import { execFile, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AgentProcess, startAgentProcess } from './agent-process.js';
import { createAgentTls } from './agent-tls.js';
import { createCleanup } from './cleanup.js';
import { buildKernelRig } from './kernel-rig.js';
import { createTopology, type Namespace } from './namespaces.js';
import type { Wire } from './wire.js';

/** A controller behind the router: a namespace through which the test reaches the agent. */
export interface LockOutController {
  readonly addresses: Readonly<Record<4 | 6, string>>;
  /** A new connection of this controller to the agent. */
  connect(family: 4 | 6): Wire;
  /** Whether a packet gets to the host and back, and a TCP connection opens; within a second. */
  reaches(family: 4 | 6): Promise<{ readonly ping: boolean; readonly tcp: boolean }>;
}

/**
 * Two controllers behind a router, and a host that knows them by its default routes alone. On its dmz0 there is nobody.
 *
 *     controller a, b -- router -- lan0 host dmz0 -- nobody
 */
export interface LockOutNetwork {
  readonly host: Namespace;
  readonly router: Namespace;
  readonly controllers: readonly [LockOutController, LockOutController];
  readonly agent: AgentProcess;
  /** Adds an interface to the host, which leads to the router too. @returns next hops behind it */
  addPath(device: string): Promise<Readonly<Record<4 | 6, string>>>;
  /** The table as `ip route` shows it, sorted. */
  table(): Promise<string>;
  remove(): Promise<void>;
}

const hostAddresses = { 4: '192.0.2.2', 6: '2001:db8:2::2' } as const;

/** Takes connections and hands each on over one of its own. Without tsx, as it starts in a tenth of the time. */
const relayProgram = `
const { connect, createServer } = require('node:net');
const [port, ...upstreams] = process.argv.slice(1);
upstreams.forEach((host, index) => createServer((socket) => {
  const upstream = connect({ host, port: Number(port) });
  for (const [a, b] of [[socket, upstream], [upstream, socket]]) { a.pipe(b); a.on('error', () => b.destroy()); a.on('close', () => b.destroy()); }
}).listen(7000 + index, '0.0.0.0', () => { if (index === upstreams.length - 1) console.log('ready'); }));
`;

/** Makes it all; what was made is removed again when a later part fails. */
export async function createLockOutNetwork(): Promise<LockOutNetwork> {
  const cleanup = createCleanup();
  const topology = createTopology();
  cleanup.defer(topology.remove);
  try {
    const host = await topology.namespace('host');
    const router = await topology.namespace('router');
    const nobody = await topology.namespace('nobody');
    await topology.link({ namespace: host, device: 'lan0' }, { namespace: router, device: 'host0' });
    await topology.link({ namespace: host, device: 'dmz0' }, { namespace: nobody, device: 'dmz1' });
    await address(host, 'lan0', '192.0.2.2/24', '2001:db8:2::2/64');
    await address(host, 'dmz0', '203.0.113.2/24', '2001:db8:3::2/64');
    await address(router, 'host0', '192.0.2.1/24', '2001:db8:2::1/64');
    await router.exec('sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    // A Linux host (but no router) passes over a route whose next hop is silent, for one that is less specific: RFC 4191, 3.1.
    await host.exec('sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1');
    // By the protocol that the rig writes, so that a row that is put back looks the same.
    await host.ip('route add default via 192.0.2.1 dev lan0 proto 203 metric 30');
    await host.ip('-6 route add default via 2001:db8:2::1 dev lan0 proto 203 metric 30');

    const directory = mkdtempSync(join(tmpdir(), 'routefleet-lock-out-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    const tls = await createAgentTls(directory, hostAddresses[4]);
    const library = await buildKernelRig();
    const agent = await startAgentProcess({
      namespace: host,
      args: ['--iphlpapi', library, '--listen', '[::]:0', '--state-dir', join(directory, 'state'), ...tls.args],
    });
    cleanup.defer(() => agent.stop('SIGKILL'));
    const port = agent.address.split(':').at(-1) ?? '';

    const addController = async (number: number): Promise<LockOutController> => {
      const namespace = await topology.namespace(`controller-${number}`);
      const addresses = { 4: `198.51.${100 + number}.10`, 6: `2001:db8:5${number}::10` } as const;
      const [device, outside] = [`to-${number}`, `rfl${process.pid}${number}`];
      await topology.link({ namespace, device: 'net0' }, { namespace: router, device });
      await address(namespace, 'net0', `${addresses[4]}/24`, `${addresses[6]}/64`);
      await address(router, device, `198.51.${100 + number}.1/24`, `2001:db8:5${number}::1/64`);
      await namespace.ip(`route add 192.0.2.0/24 via 198.51.${100 + number}.1`);
      await namespace.ip(`-6 route add 2001:db8:2::/64 via 2001:db8:5${number}::1`);
      // How the test gets into the namespace; the agent never sees this link.
      await topology.link({ device: outside }, { namespace, device: 'test0' });
      const subnet = `100.65.${process.pid % 250}.${number * 4}`;
      const [near, far] = [1, 2].map((last) => subnet.replace(/\d+$/, String(number * 4 + last)));
      await promisify(execFile)('ip', ['address', 'add', `${near}/30`, 'dev', outside]);
      await namespace.ip(`address add ${far}/30 dev test0`);
      await startRelay(namespace, [port, hostAddresses[4], hostAddresses[6]], cleanup.defer);
      const succeeds = (...command: [string, ...string[]]): Promise<boolean> =>
        namespace.exec(...command).then(
          () => true,
          () => false,
        );
      return {
        addresses,
        connect: (family) => tls.connect(`${far}:${family === 4 ? 7000 : 7001}`),
        async reaches(family) {
          const [ping, tcp] = await Promise.all([
            succeeds('ping', '-n', '-c', '1', '-W', '1', hostAddresses[family]),
            succeeds('timeout', '1', 'bash', '-c', `</dev/tcp/${hostAddresses[family]}/${port}`),
          ]);
          return { ping, tcp };
        },
      };
    };
    const controllers = [await addController(0), await addController(1)] as const;
    return {
      host,
      router,
      controllers,
      agent,
      async addPath(device) {
        await topology.link({ namespace: host, device }, { namespace: router, device: `${device}-far` });
        await address(host, device, '203.0.114.2/24', '2001:db8:4::2/64');
        await address(router, `${device}-far`, '203.0.114.1/24', '2001:db8:4::1/64');
        return { 4: '203.0.114.1', 6: '2001:db8:4::1' };
      },
      async table() {
        const rows = (await host.exec('sh', '-c', 'ip -4 route; ip -6 route')).split('\n');
        return rows.sort().join('\n');
      },
      remove: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function address(namespace: Namespace, device: string, ipv4: string, ipv6: string): Promise<void> {
  await namespace.ip(`address add ${ipv4} dev ${device}`);
  await namespace.ip(`address add ${ipv6} dev ${device} nodad`);
}

async function startRelay(namespace: Namespace, args: readonly string[], defer: (step: () => unknown) => void): Promise<void> {
  const program = ['setpriv', '--pdeathsig', 'KILL', process.execPath, '-e', relayProgram, '--', ...args];
  const relay = spawn('ip', ['netns', 'exec', namespace.name, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  defer(() => relay.kill('SIGKILL'));
  await new Promise((ready) => relay.stdout.once('data', ready));
}
