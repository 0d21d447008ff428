import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type AgentProcess, startAgentProcess } from './agent-process.js';
import { createAgentTls } from './agent-tls.js';
import { createCleanup } from './cleanup.js';
import { createTopology, missingForNamespaces, type Namespace, type Topology } from './namespaces.js';
import type { Wire } from './wire.js';

/** Undefined: the rig can be built and run here. Otherwise what is missing. */
export function missingForKernelRig(): string | undefined {
  if (spawnSync('gcc', ['--version']).status !== 0) return 'gcc';
  return missingForNamespaces();
}

const sources = 'test/kernel';

/** Builds the rig for Linux, unless that was done since its sources changed, and returns the path of the library. */
export async function buildKernelRig({ sanitized = false }: { readonly sanitized?: boolean } = {}): Promise<string> {
  const directory = resolve('node_modules/.cache/routefleet/kernel-rig');
  const library = join(directory, `libiphlpapi-kernel${sanitized ? '-asan' : ''}.so`);
  const built = statSync(library, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (readdirSync(sources).some((name) => /\.(c|h|sh)$/.test(name) && statSync(join(sources, name)).mtimeMs > built)) {
    mkdirSync(directory, { recursive: true });
    await promisify(execFile)('bash', [join(sources, 'build.sh'), directory, '--linux-only']);
  }
  return library;
}

/** An agent on Node.js in a namespace, with the rig in place of iphlpapi.dll. */
export interface KernelAgent extends AgentProcess {
  readonly wire: Wire;
}

/** How an agent on the rig shall be. */
export interface KernelAgentOptions {
  readonly library: string;
  /** Default: agent/main.ts by tsx. */
  readonly bundle?: string;
  readonly args?: readonly string[];
  /** RIG_FAULTS and the like. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: that of the host. */
  readonly namespace?: Namespace;
  /** Where it keeps its journal, for an agent that is started again. Default: a fresh directory. */
  readonly stateDir?: string;
}

/** A namespace that plays a Windows host: lan0 leads to the test, dmz0 to a namespace of neighbours. */
export interface KernelHost {
  readonly namespace: Namespace;
  readonly topology: Topology;
  /** What answers on the other ends of dmz0 and whatever a test adds. */
  readonly neighbours: Namespace;
  /** Address of the test on lan0, a next hop; `${subnet}.1`. */
  readonly subnet: string;
  /** The end of lan0 in the test's own namespace. */
  readonly outside: string;
  startAgent(options: KernelAgentOptions): Promise<KernelAgent>;
  remove(): Promise<void>;
}

/** Hosts of this process so far: no two have the same device, also when one follows the other. */
let hosts = 0;

/** Makes the host with IPv4 and IPv6 on both interfaces. */
export async function createKernelHost(): Promise<KernelHost> {
  const cleanup = createCleanup();
  const topology = createTopology();
  cleanup.defer(topology.remove);
  try {
    const namespace = await topology.namespace('host');
    const neighbours = await topology.namespace('neighbours');
    const subnet = await unusedSubnet();
    const outside = `rfk${process.pid}-${hosts++}`;
    await topology.link({ device: outside }, { namespace, device: 'lan0' });
    // Left to the end of its namespace, it would go only some time after that.
    cleanup.defer(() => promisify(execFile)('ip', ['link', 'del', outside]));
    await topology.link({ namespace, device: 'dmz0' }, { namespace: neighbours, device: 'dmz1' });
    await promisify(execFile)('ip', ['address', 'add', `${subnet}.1/24`, 'dev', outside]);
    for (const command of [
      `address add ${subnet}.2/24 dev lan0`,
      'address add 2001:db8:64::2/64 dev lan0 nodad',
      'address add 192.0.2.2/24 dev dmz0',
      'address add 2001:db8:2::2/64 dev dmz0 nodad',
      `route add default via ${subnet}.1`,
    ]) {
      await namespace.ip(command);
    }
    const directory = mkdtempSync(join(tmpdir(), 'routefleet-kernel-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    const start = await agentStarter(namespace, `${subnet}.2`, directory);
    return {
      namespace,
      topology,
      neighbours,
      subnet,
      outside,
      remove: cleanup.run,
      async startAgent(options) {
        const agent = await start(options);
        // Of a test that failed before it stopped its agent; a namespace lives on with what runs in it.
        cleanup.defer(() => agent.stop('SIGKILL'));
        return agent;
      },
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** A /24 of the shared address space, RFC 6598, that no interface here has: leftovers of a killed run must not answer. */
async function unusedSubnet(): Promise<string> {
  const { stdout } = await promisify(execFile)('ip', ['-4', '-brief', 'address']);
  for (let third = process.pid % 256; third < 512; third++) {
    const subnet = `100.64.${third % 256}`;
    if (!stdout.includes(` ${subnet}.`)) return subnet;
  }
  throw new Error('every 100.64.x.0/24 is in use');
}

async function agentStarter(host: Namespace, address: string, directory: string): Promise<KernelHost['startAgent']> {
  const tls = await createAgentTls(directory, address);
  let agents = 0;
  return async ({ library, bundle, args = [], environment = {}, namespace = host, stateDir = join(directory, `state-${agents++}`) }) => {
    const agent = await startAgentProcess({
      namespace,
      args: ['--iphlpapi', library, '--listen', `${address}:0`, '--state-dir', stateDir, ...tls.args, ...args],
      environment,
      bundle,
    });
    const wire = tls.connect(agent.address);
    return {
      ...agent,
      wire,
      stop(signal) {
        wire.close();
        return agent.stop(signal);
      },
    };
  };
}
