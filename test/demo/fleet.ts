import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ProfileName, type SimulationControl, startTestAgent, type TestAgent } from '../../agent/testing.js';
import { createTestPki } from '../support/pki.js';

/** A host of the demonstration. */
interface DemoHost {
  readonly name: string;
  readonly profile: ProfileName;
  readonly labels: Readonly<Record<string, string>>;
}

const hosts: readonly DemoHost[] = [
  { name: 'office-1', profile: 'office', labels: { site: 'ams', role: 'desk' } },
  { name: 'db-1', profile: 'datacenter', labels: { site: 'fra', role: 'db' } },
  { name: 'branch-1', profile: 'branch-vpn', labels: { site: 'ams', role: 'edge' } },
];

/** Simulated hosts with real agents on loopback, and the inventory by which the CLI finds them. */
export interface DemoFleet {
  /** Path of the inventory; certificates and keys, made just now, stand beside it. */
  readonly inventory: string;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly control: SimulationControl }[];
  /** Credentials of the controller, PEM. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  /** Stops the agents and removes the directory. */
  close(): Promise<void>;
}

/** Starts three simulated Windows hosts with mutual TLS. */
export async function startDemoFleet(): Promise<DemoFleet> {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-demo-'));
  const pki = await createTestPki({ name: 'routefleet demo CA' });
  const controller = await pki.issueClient({ name: 'controller' });
  await pki.writeTo(directory, 'controller', controller);
  const agents: TestAgent[] = [];
  for (const [index, { name, profile }] of hosts.entries()) {
    const identity = await pki.issueServer({ name, dnsNames: [name], ipAddresses: ['127.0.0.1'] });
    agents.push(await startTestAgent({ profile, hostName: name, hostNumber: index + 1, tls: { ...identity, ca: pki.ca } }));
  }
  const inventory = join(directory, 'fleet.yaml');
  await writeFile(inventory, formatInventory(agents));
  return {
    inventory,
    hosts: agents.map(({ address, control }, index) => ({ name: hosts[index]?.name ?? '', address, control })),
    tls: { ...controller, ca: pki.ca },
    async close() {
      await Promise.all(agents.map((agent) => agent.close()));
      await rm(directory, { recursive: true });
    },
  };
}

function formatInventory(agents: readonly TestAgent[]): string {
  const entries = hosts.map(({ name, labels }, index) => [name, { address: agents[index]?.address, labels }]);
  const tls = { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' };
  return stringify({ defaults: { tls }, hosts: Object.fromEntries(entries) });
}
