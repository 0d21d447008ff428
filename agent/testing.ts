import { Buffer } from 'node:buffer';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { parsePolicy } from './access/policy.js';
import type { SimulationControl } from './iphlpapi/simulated/control.js';
import type { ProfileName } from './iphlpapi/simulated/profiles.js';
import { simulateHost } from './simulate.js';
import { type RunningAgent, startAgent } from './start.js';

export type { ProfileName, SimulationControl };

const everybodyIsAdmin = 'rules: [{ identities: ["*"], role: admin }]';

/** How the simulated agent shall be. */
export interface TestAgentOptions {
  /** Kind of host. Default "office". */
  readonly profile?: ProfileName;
  /** Default: the name of the profile. */
  readonly hostName?: string;
  /** 1 to 65000; makes addresses and GUIDs differ between hosts of one profile. Default 1. */
  readonly hostNumber?: number;
  /** Windows functions that write IPv4. Default "classic". */
  readonly ipv4Writes?: 'classic' | 'netio';
  /** PEM texts for mutual TLS. Absent: plaintext. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string };
  /** An authorization file as text, for mutual TLS. Default: every client certificate of the authority is that of an admin. */
  readonly authorization?: string;
  /** Where the journal is kept. Default: a temporary directory, which goes with the agent. */
  readonly stateDir?: string;
  /** Default: silent. */
  readonly log?: Logger;
}

/** An agent in this process, on a simulated Windows host, on a free port of 127.0.0.1. */
export interface TestAgent {
  /** "127.0.0.1:54321" */
  readonly address: string;
  /** Moves the host: routes of other programs, interfaces, faults. */
  readonly control: SimulationControl;
  /** Stops it and starts it again, on the same host, address and memory: what was not confirmed is undone. */
  restart(): Promise<void>;
  /** Stops it; calls that still run are cut off. */
  close(): Promise<void>;
}

/**
 * Starts an agent for tests of controllers: everything is real but the routing table of Windows.
 *
 * @example
 * const agent = await startTestAgent({ profile: 'datacenter' });
 * const client = connect({ address: agent.address, insecure: true });
 */
export async function startTestAgent({
  profile = 'office',
  hostName,
  hostNumber = 1,
  ipv4Writes = 'classic',
  tls,
  authorization = everybodyIsAdmin,
  stateDir,
  log = pino({ level: 'silent' }),
}: TestAgentOptions = {}): Promise<TestAgent> {
  const backend = simulateHost({ profile, simulateHostName: hostName, simulateHostNumber: hostNumber });
  const security = tls && {
    tls: { certificate: Buffer.from(tls.certificate), key: Buffer.from(tls.key), ca: Buffer.from(tls.ca) },
    rules: { policy: parsePolicy(authorization, 'authorization'), isRevoked: () => false },
    warnings: [],
  };
  const memory = stateDir ?? (await mkdtemp(join(tmpdir(), 'routefleet-testing-')));
  const start = (listen: string): Promise<RunningAgent> =>
    startAgent(backend, { listen, ipv4Writes, reflection: true, stateDir: memory, acceptJournalLoss: false }, security, log);
  let agent = await start('127.0.0.1:0');
  const { port } = agent;
  return {
    address: `127.0.0.1:${port}`,
    control: backend.iphlpapi.control,
    async restart() {
      await agent.stop(0);
      agent = await start(`127.0.0.1:${port}`);
    },
    async close() {
      await agent.stop(0);
      if (stateDir === undefined) await rm(memory, { recursive: true, force: true });
    },
  };
}
