import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAgentTls } from './agent-tls.js';
import { bundleProgram } from './bundle.js';
import { type Cleanup, createCleanup } from './cleanup.js';
import { type AgentKind, createNodeAgents, type FleetAgent } from './fleet-agents.js';
import { createFleetController, type FleetController } from './fleet-controller.js';
import { createTopology, type Namespace } from './namespaces.js';
import { createTestPki, type TestPki } from './pki.js';

/** A namespace that plays a Windows host, with its own agent on its own kernel table. */
export interface FleetHost {
  readonly name: string;
  readonly namespace: Namespace;
  /** The IPv4 address of lan0, at which its agents listen. */
  readonly ipAddress: string;
  /** IPv4 and IPv6 as `ip route` shows them. */
  table(): Promise<string>;
  /** Whether an address answers a ping within a second. */
  reaches(address: string): Promise<boolean>;
  /** Ends its agent as a power cut does. */
  killAgent(): Promise<void>;
  /** Starts an agent on what the last one left. */
  startAgent(): Promise<void>;
  /** Pulls its cable, or plugs it in again: rows and addresses of lan0 stay. */
  setCable(plugged: 'in' | 'out'): Promise<void>;
}

/** A next hop of the hosts. */
export interface FleetRouter {
  readonly namespace: Namespace;
  readonly address: string;
}

/** Hosts, two routers and a controller on one bridge: a network of namespaces that nothing else reaches. */
export interface KernelFleet {
  readonly hosts: readonly FleetHost[];
  /** Both lead to `target`. */
  readonly routers: readonly [FleetRouter, FleetRouter];
  /** Address behind the routers; TCP port 7000 of it is open. */
  readonly target: string;
  readonly controller: FleetController;
  /** The same with another program in place of the CLI; `entry` as `bundleProgram` takes it. */
  controllerWith(entry: string): Promise<FleetController>;
  /** Where the controller keeps its rollouts. */
  readonly rolloutsDir: string;
  /** Writes a file for the controller, and returns its path. */
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** What to make. */
export interface FleetOptions {
  /** "host-1" and so on. */
  readonly hosts: number;
  /** Hosts whose agents are not of the usual kind, Node.js on Linux. */
  readonly others?: { readonly names: readonly string[]; readonly agents: AgentKind } | undefined;
}

const subnet = '192.0.2';
const target = '198.19.0.1';
const agentPort = 7420;

/** Makes the fleet and starts its agents; what was made is removed again when a later part fails. */
export async function createKernelFleet(options: FleetOptions): Promise<KernelFleet> {
  const cleanup = createCleanup();
  try {
    return await build(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function build({ hosts: count, others }: FleetOptions, cleanup: Cleanup): Promise<KernelFleet> {
  const nodeAgents = await createNodeAgents();
  cleanup.defer(nodeAgents.remove);
  const directory = mkdtempSync(join(tmpdir(), 'routefleet-fleet-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const attach = await createLan(cleanup);
  const pki = await createTestPki();

  const { namespace } = await attach('controller', `${subnet}.2`);
  await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
  const routers = [await addRouter(attach, `${subnet}.253`, cleanup), await addRouter(attach, `${subnet}.254`, cleanup)] as const;

  const hosts: FleetHost[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `host-${number}`;
    const agents = others?.names.includes(name) ? others.agents : nodeAgents;
    hosts.push(await addHost({ name, ipAddress: `${subnet}.${9 + number}`, agents, pki, directory }, attach, cleanup));
  }

  const inventory = join(directory, 'fleet.yaml');
  await writeFile(inventory, formatInventory(hosts));
  const rolloutsDir = join(directory, 'rollouts');

  async function controllerWith(entry: string): Promise<FleetController> {
    const program = await bundleProgram(entry);
    cleanup.defer(program.remove);
    return createFleetController(namespace, { program: program.path, inventory, rolloutsDir });
  }

  return {
    hosts,
    routers,
    target,
    controller: await controllerWith('client/cli/main.ts'),
    controllerWith,
    rolloutsDir,
    async write(name, text) {
      const path = join(directory, name);
      await writeFile(path, text);
      return path;
    },
    remove: cleanup.run,
  };
}

/** A namespace on the bridge, as lan0. */
interface Attached {
  readonly namespace: Namespace;
  /** Its end at the bridge, "up" or "down". */
  setPort(state: 'up' | 'down'): Promise<void>;
}

type Attach = (name: string, ipAddress: string) => Promise<Attached>;

async function createLan(cleanup: Cleanup): Promise<Attach> {
  const topology = createTopology();
  cleanup.defer(topology.remove);
  const bridge = await topology.namespace('bridge');
  await bridge.ip('link add lan type bridge');
  await bridge.ip('link set lan up');
  let ports = 0;
  return async (name, ipAddress) => {
    const namespace = await topology.namespace(name);
    const port = `port${ports++}`;
    await topology.link({ namespace, device: 'lan0' }, { namespace: bridge, device: port });
    await bridge.ip(`link set ${port} master lan`);
    await namespace.ip(`address add ${ipAddress}/24 dev lan0`);
    return { namespace, setPort: async (state) => void (await bridge.ip(`link set ${port} ${state}`)) };
  };
}

async function addRouter(attach: Attach, address: string, cleanup: Cleanup): Promise<FleetRouter> {
  const { namespace } = await attach(`router-${address.split('.').at(-1)}`, address);
  await namespace.ip(`address add ${target}/32 dev lo`);
  const listener = `require('node:net').createServer((socket) => socket.destroy()).listen(7000, () => console.log('listens'))`;
  const program = ['setpriv', '--pdeathsig', 'KILL', process.execPath, '-e', listener];
  const child = spawn('ip', ['netns', 'exec', namespace.name, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  cleanup.defer(() => {
    child.kill();
    return ended;
  });
  await once(child.stdout, 'data');
  return { namespace, address };
}

interface HostParts {
  readonly name: string;
  readonly ipAddress: string;
  readonly agents: AgentKind;
  readonly pki: TestPki;
  readonly directory: string;
}

async function addHost({ name, ipAddress, agents, pki, directory }: HostParts, attach: Attach, cleanup: Cleanup): Promise<FleetHost> {
  const { namespace, setPort } = await attach(name, ipAddress);
  const tls = await writeAgentTls(pki, directory, await pki.issueServer({ name, ipAddresses: [ipAddress] }), name);
  const args = ['--listen', `${ipAddress}:${agentPort}`, '--state-dir', join(directory, `state-${name}`), ...tls];
  const place = await agents.place(namespace);
  cleanup.defer(place.remove);
  let agent: FleetAgent | undefined = await place.start(args);
  cleanup.defer(() => agent?.stop());
  return {
    name,
    namespace,
    ipAddress,
    table: () => namespace.exec('sh', '-c', 'ip -4 route; ip -6 route'),
    reaches: (address) =>
      namespace.exec('ping', '-n', '-c', '1', '-W', '1', address).then(
        () => true,
        () => false,
      ),
    async killAgent() {
      await agent?.kill();
      agent = undefined;
    },
    async startAgent() {
      agent = await place.start(args);
    },
    setCable: (plugged) => setPort(plugged === 'in' ? 'up' : 'down'),
  };
}

function formatInventory(hosts: readonly FleetHost[]): string {
  const tls = { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' };
  const entries = hosts.map(({ name, ipAddress }) => [name, { address: `${ipAddress}:${agentPort}` }]);
  return stringify({ defaults: { tls }, hosts: Object.fromEntries(entries) });
}
