import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestAgent, type TestAgent } from '../../../../agent/testing.js';
import { RouteError } from '../../../../client/errors/route-error.js';
import { type Connector, createConnector, createFileStore, type Host } from '../../../../client/fleet/index.js';
import { formatPrefix } from '../../../../proto/prefix.js';
import { type Cleanup, createCleanup } from '../../../support/cleanup.js';
import { type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.js';
import { createTestPki } from '../../../support/pki.js';
import { type EndedRollout, type FaultyRollout, prefixOf, rollOutOver, undoOver } from './faulty-rollout.js';

/** A host whose agent can be reached only through a proxy that may fail. */
export interface FaultyHost {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly agent: TestAgent;
  /** What the agent has on disk of its commits, oldest first: ids with the last state of each. */
  commits(): ReadonlyMap<string, string>;
  /** Whether the host has this route now. */
  hasRoute(route: number): boolean;
}

/** A call of the controller to a host. */
export interface OverheardCall {
  readonly host: string;
  readonly method: string;
  readonly stage: 'begins' | 'done' | 'failed';
}

/** Agents on simulated hosts behind mutual TLS, each behind a proxy of its own. */
export interface FaultyFleet {
  readonly hosts: ReadonlyMap<string, FaultyHost>;
  readonly rolloutsDir: string;
  /** Plans without faults, and then rolls a route out to all hosts through the proxies. */
  rollOut(rollout: FaultyRollout, onCall?: (call: OverheardCall) => void): Promise<EndedRollout>;
  /** Undoes a rollout that ended, through the proxies. */
  undo(id: string, onCall?: (call: OverheardCall) => void): Promise<EndedRollout>;
  /** Ends all faults, and resolves when no host has a commit any more that its timer may still undo. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts hosts of these names. */
export async function startFaultyFleet(names: readonly string[]): Promise<FaultyFleet> {
  const cleanup = createCleanup();
  try {
    return await build(names, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function build(names: readonly string[], cleanup: Cleanup): Promise<FaultyFleet> {
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-faulty-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const pki = await createTestPki();
  const tls = await pki.writeTo(directory, 'controller', await pki.issueClient({ name: 'controller' }));
  const server = { ...(await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] })), ca: pki.ca };
  const hosts = new Map<string, FaultyHost>();
  for (const [index, name] of names.entries()) {
    const stateDir = await mkdtemp(join(directory, 'agent-'));
    const agent = await startTestAgent({ hostName: name, hostNumber: index + 1, tls: server, stateDir });
    cleanup.defer(() => agent.close());
    const proxy = await startFaultProxy(agent.address);
    cleanup.defer(() => proxy.close());
    const commits = () => commitsIn(join(stateDir, 'journal'));
    hosts.set(name, { name, proxy, agent, commits, hasRoute: (route) => hasRoute(agent, prefixOf(route)) });
  }
  const rolloutsDir = join(directory, 'rollouts');
  const store = createFileStore(rolloutsDir);
  const at = (address: (host: FaultyHost) => string): Host[] =>
    [...hosts.values()].map((host) => ({ name: host.name, address: address(host), tls, groups: [], labels: {} }));

  return {
    hosts,
    rolloutsDir,
    rollOut: (rollout, onCall = () => {}) =>
      rollOutOver(rollout, {
        store,
        direct: at(({ agent }) => agent.address),
        faulty: at(({ proxy }) => proxy.address),
        connector: overhear(createConnector(), onCall),
      }),
    undo: (id, onCall = () => {}) => undoOver(id, store, overhear(createConnector(), onCall)),
    async settle() {
      for (const { proxy } of hosts.values()) proxy.heal();
      for (const { commits } of hosts.values()) {
        const isOpen = () => [...commits().values()].some((state) => !finalStates.has(state));
        while (isOpen()) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => cleanup.run(),
  };
}

const finalStates: ReadonlySet<string> = new Set(['committed', 'rolled-back']);

/** Of the lines of an agent's journal; read at once, so that a proxy can ask between two chunks of bytes. */
function commitsIn(path: string): ReadonlyMap<string, string> {
  const commits = new Map<string, string>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, type, id, state] = /"type":"(begin|update)",(?:"commit":\{)?"id":"([^"]+)".*?"state":"([a-z-]+)"/.exec(line) ?? [];
    if (type !== undefined && id !== undefined && state !== undefined) commits.set(id, state);
  }
  return commits;
}

function hasRoute({ control }: TestAgent, prefix: string): boolean {
  return control.routes().some(({ destinationPrefix }) => formatPrefix(destinationPrefix) === prefix);
}

const overheard: ReadonlySet<string | symbol> = new Set(['getCommit', 'applyRoutes', 'confirmCommit', 'cancelCommit', 'planRoutes']);

/** The same connector; tells of the calls that rollouts make. */
function overhear(connector: Connector, onCall: (call: OverheardCall) => void): Connector {
  return async (host) => {
    const client = await connector(host);
    return new Proxy(client, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (!overheard.has(name)) return member;
        return async (...args: unknown[]) => {
          const tell = (stage: OverheardCall['stage']) => onCall({ host: host.name, method: String(name), stage });
          tell('begins');
          try {
            const answer = await member(...args);
            tell('done');
            return answer;
          } catch (error) {
            // That a host answers "no" is no failure of the way to it.
            if (error instanceof RouteError && error.reason !== 'COMMIT_NOT_FOUND') tell('failed');
            throw error;
          }
        };
      },
    });
  };
}
