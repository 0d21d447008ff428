import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type AgentProcess, startAgentProcess } from './agent-process.js';
import { createCleanup } from './cleanup.js';
import { buildKernelRig } from './kernel-rig.js';
import { createTopology, type Namespace } from './namespaces.js';
import { createTestPki } from './pki.js';

/** A namespace that plays a Windows host, with its own agent on its own kernel table. */
export interface FleetHost {
  readonly name: string;
  readonly namespace: Namespace;
  readonly agent: AgentProcess;
}

/** Hosts, two routers and a controller on one bridge: a network of namespaces that nothing else reaches. */
export interface KernelFleet {
  readonly hosts: readonly FleetHost[];
  /** Next hops of the hosts; both lead to `target`. */
  readonly routers: readonly { readonly namespace: Namespace; readonly address: string }[];
  /** Address behind the routers. */
  readonly target: string;
  readonly controller: Namespace;
  /** Inventory of the hosts, with the controller's credentials. */
  readonly inventory: string;
  remove(): Promise<void>;
}

const subnet = '192.0.2';

/** Makes the fleet and starts its agents; what was made is removed again when a later part fails. */
export async function createKernelFleet({ hosts: count }: { readonly hosts: number }): Promise<KernelFleet> {
  const cleanup = createCleanup();
  const topology = createTopology();
  cleanup.defer(topology.remove);
  try {
    const library = await buildKernelRig();
    const bridge = await topology.namespace('bridge');
    await bridge.ip('link add lan type bridge');
    await bridge.ip('link set lan up');
    let ports = 0;
    const attach = async (name: string, address: string): Promise<Namespace> => {
      const namespace = await topology.namespace(name);
      const port = `port${ports++}`;
      await topology.link({ namespace, device: 'lan0' }, { namespace: bridge, device: port });
      await bridge.ip(`link set ${port} master lan`);
      await namespace.ip(`address add ${address}/24 dev lan0`);
      return namespace;
    };

    const directory = mkdtempSync(join(tmpdir(), 'routefleet-fleet-'));
    cleanup.defer(() => rm(directory, { recursive: true }));
    const pki = await createTestPki();
    await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
    const controller = await attach('controller', `${subnet}.2`);

    const target = '198.19.0.1';
    const routers: KernelFleet['routers'][number][] = [];
    for (const address of [`${subnet}.253`, `${subnet}.254`]) {
      const namespace = await attach(`router-${address.split('.').at(-1)}`, address);
      await namespace.ip(`address add ${target}/32 dev lo`);
      routers.push({ namespace, address });
    }

    const hosts: FleetHost[] = [];
    for (let number = 1; number <= count; number++) {
      const [name, address] = [`host-${number}`, `${subnet}.${9 + number}`];
      const namespace = await attach(name, address);
      const files = await pki.writeTo(directory, name, await pki.issueServer({ name, ipAddresses: [address] }));
      const tls = ['--tls-certificate', files.certificate, '--tls-key', files.key, '--tls-ca', files.ca];
      const state = ['--state-dir', join(directory, `state-${name}`)];
      const args = ['--iphlpapi', library, '--listen', `${address}:7420`, ...state, ...tls];
      const agent = await startAgentProcess({ namespace, args });
      cleanup.defer(() => agent.stop());
      hosts.push({ name, namespace, agent });
    }
    const inventory = join(directory, 'fleet.yaml');
    await writeFile(inventory, formatInventory(hosts));
    return { hosts, routers, target, controller, inventory, remove: cleanup.run };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

function formatInventory(hosts: readonly FleetHost[]): string {
  const tls = { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' };
  return stringify({ defaults: { tls }, hosts: Object.fromEntries(hosts.map(({ name, agent: { address } }) => [name, { address }])) });
}
