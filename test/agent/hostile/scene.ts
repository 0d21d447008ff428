import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { credentials } from '@grpc/grpc-js';
import { createCleanup } from '../../support/cleanup.js';
import { createTestPki, type Identity, type TestPki } from '../../support/pki.js';
import { connectWire, type Wire } from '../../support/wire.js';
import type { Order } from './attacker.js';
import type { AttackName } from './attacks/index.js';
import type { Result, Target } from './attacks/target.js';
import type { Health } from './hosted-agent.js';
import { type Latencies, measure } from './well-behaved.js';

/** An agent, an attacker and a client that does nothing wrong, each in a process of its own. */
export interface HostileScene {
  /** A connection of its own, for the identity "urn:test:<name>". */
  connect(name: string): Promise<Wire>;
  health(): Promise<Health>;
  /** The pid of the agent; undefined when it is gone. */
  agentPid(): number | undefined;
  /** Lets the attack run, and measures meanwhile what a well-behaved client gets. */
  attack(name: AttackName, meanwhile?: (running: AbortSignal) => Promise<void>): Promise<Attacked>;
  close(): Promise<void>;
}

/** What came of an attack. */
export interface Attacked {
  readonly result: Result;
  /** Of the well-behaved client before it. */
  readonly before: Latencies;
  /** Of the well-behaved client while it ran. */
  readonly meanwhile: Latencies;
}

const baselineMs = 1000;

/** Starts all three. */
export async function createHostileScene(): Promise<HostileScene> {
  const cleanup = createCleanup();
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', dnsNames: ['agent'] });
  const agent = start('hosted-agent.ts', JSON.stringify({ ...server, ca: pki.ca }));
  cleanup.defer(() => end(agent));
  const attacker = start('attacker.ts');
  cleanup.defer(() => end(attacker));
  const [[{ address }]] = (await Promise.all([once(agent, 'message'), once(attacker, 'message')])) as [[{ address: string }], unknown];
  const connect = async (name: string): Promise<Wire> => {
    const wire = connectAs(address, pki, await pki.issueClient({ name, uri: `urn:test:${name}` }));
    cleanup.defer(() => wire.close());
    return wire;
  };
  const wellBehaved = await connect('operator');
  const mallory = await pki.issueClient({ name: 'mallory', uri: 'urn:test:mallory' });
  const target: Target = { host: '127.0.0.1', port: Number(address.split(':')[1]), ca: pki.ca, ...mallory };

  return {
    connect,
    agentPid: () => (agent.exitCode === null && agent.signalCode === null ? agent.pid : undefined),
    async health() {
      agent.send('health');
      const [health] = (await once(agent, 'message')) as [Health];
      return health;
    },
    async attack(name, meanwhile = () => Promise.resolve()) {
      const before = await measure(wellBehaved, AbortSignal.timeout(baselineMs));
      const running = new AbortController();
      const measured = Promise.all([measure(wellBehaved, running.signal), meanwhile(running.signal)]);
      const result = await order(attacker, { attack: name, target });
      running.abort();
      const [latencies] = await measured;
      return { result, before, meanwhile: latencies };
    },
    close: cleanup.run,
  };
}

function start(file: string, ...args: string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, { execArgv: ['--expose-gc', '--import', 'tsx'] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.disconnect();
  await once(child, 'exit');
}

async function order(attacker: ChildProcess, what: Order): Promise<Result> {
  attacker.send(what);
  const [{ result, failure }] = (await once(attacker, 'message')) as [{ result?: Result; failure?: string }];
  if (result === undefined) throw new Error(`the attack failed: ${failure}`);
  return result;
}

function connectAs(address: string, pki: TestPki, { key, certificate }: Identity): Wire {
  const channel = credentials.createSsl(Buffer.from(pki.ca), Buffer.from(key), Buffer.from(certificate));
  return connectWire(address, channel, { 'grpc.ssl_target_name_override': 'agent', 'grpc.use_local_subchannel_pool': 1 });
}
