import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ProfileName, startTestAgent, type TestAgent } from '../../agent/testing.js';
import { type Cleanup, createCleanup } from '../support/cleanup.js';
import { createTestPki, type IdentityFiles, type TestPki } from '../support/pki.js';

/** A host to start, or one that is down. */
export interface TestHost {
  readonly profile?: ProfileName;
  readonly labels?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  /** Nothing listens at its address. */
  readonly down?: boolean;
}

/** Agents behind mutual TLS, and the files with which a controller reaches them. */
export interface TestFleet {
  /** A fresh directory. */
  readonly directory: string;
  readonly pki: TestPki;
  /** Of a controller that the agents accept. */
  readonly files: IdentityFiles;
  /** Path of the inventory of all hosts. */
  readonly inventory: string;
  /** The options that name the three files. */
  readonly tlsArgs: readonly string[];
  /** @throws for a host that is down */
  agent(name: string): TestAgent;
  /** Also of hosts that are down. */
  addressOf(name: string): string;
  /** Writes another file into the directory and returns its path. */
  write(name: string, text: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a fleet; a host without a profile is an office. */
export async function startFleet(hosts: Readonly<Record<string, TestHost>>): Promise<TestFleet> {
  const cleanup = createCleanup();
  try {
    return await build(hosts, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function build(hosts: Readonly<Record<string, TestHost>>, cleanup: Cleanup): Promise<TestFleet> {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-client-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const pki = await createTestPki();
  const files = await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
  const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
  const agents = new Map<string, TestAgent>();
  const addresses = new Map<string, string>();
  for (const [index, [name, { profile = 'office', down = false }]] of Object.entries(hosts).entries()) {
    if (down) {
      addresses.set(name, await closedAddress());
      continue;
    }
    const agent = await startTestAgent({ profile, hostName: name, hostNumber: index + 1, tls: { ...server, ca: pki.ca } });
    cleanup.defer(() => agent.close());
    agents.set(name, agent);
    addresses.set(name, agent.address);
  }
  const groups = [...new Set(Object.values(hosts).flatMap((host) => host.groups ?? []))];
  const inventory = join(directory, 'fleet.yaml');
  const content = {
    defaults: { tls: { ca: 'ca.pem', certificate: 'controller.pem', key: 'controller-key.pem' } },
    groups: Object.fromEntries(groups.map((group) => [group, { labels: { group } }])),
    hosts: Object.fromEntries(
      Object.entries(hosts).map(([name, { labels = {}, groups: own = [] }]) => [
        name,
        { address: addresses.get(name), labels, groups: own },
      ]),
    ),
  };
  await writeFile(inventory, stringify(content));
  return {
    directory,
    pki,
    files,
    inventory,
    tlsArgs: ['--tls-ca', files.ca, '--tls-cert', files.certificate, '--tls-key', files.key],
    agent: (name) => known(agents, name),
    addressOf: (name) => known(addresses, name),
    write: async (name, text) => {
      const path = join(directory, name);
      await writeFile(path, text);
      return path;
    },
    close: () => cleanup.run(),
  };
}

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`the test fleet has no "${name}" here`);
  return value;
}

/** An address of this machine at which nothing listens. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}
