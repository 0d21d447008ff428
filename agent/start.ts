import { randomUUID } from 'node:crypto';
import { hostname, version as osVersion, release } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { version } from '../proto/gen/version.js';
import { createGatekeeper } from './access/gatekeeper.js';
import { type CallKind, type CallLimit, createCallLimits } from './access/limits.js';
import type { Security } from './access/security-files.js';
import { maxSteps } from './commits/checks.js';
import { CommitEngine } from './commits/engine.js';
import { Keeper } from './commits/keeper.js';
import type { AgentConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { readHostBoot } from './host/boot.js';
import { openState, type StateOptions } from './host/state.js';
import { createClassicTable } from './iphlpapi/classic-table.js';
import type { Iphlpapi } from './iphlpapi/iphlpapi.js';
import { loadIphlpapi } from './iphlpapi/library.js';
import { createNetioTable } from './iphlpapi/netio-table.js';
import { withRegistry } from './iphlpapi/registry-table.js';
import { registerForChanges } from './iphlpapi/table-changes.js';
import { agentStopping } from './routes/errors.js';
import { keyText } from './routes/route.js';
import { createAdmission } from './rpc/admission.js';
import { createCallAudit } from './rpc/call-audit.js';
import { createConnections } from './rpc/connections.js';
import type { AgentIdentity } from './rpc/context.js';
import { MutualTlsCredentials } from './rpc/credentials.js';
import { createHeldOperations } from './rpc/held-operations.js';
import { startServer } from './rpc/server.js';
import { TableObserver } from './watch/table-observer.js';

/** Largest request message in bytes; 10,000 operations are about 1 MiB. */
const maxMessageBytes = 4 * 1024 * 1024;
/** Operations or desired routes of one change: the largest tables of which one owner has all rows. */
const maxOperations = 100_000;
/** How often persistent rows are looked at: where the host tells of changes only to be sure. */
const lookIntervalMs = { told: 60_000, untold: 5000 } as const;
/** How often the table is read while somebody watches it, likewise. */
const readIntervalMs = { told: 60_000, untold: 2000 } as const;

/** What stands behind the port, and the host that it belongs to. */
export interface Backend {
  readonly iphlpapi: Iphlpapi;
  readonly identity: Pick<AgentIdentity, 'hostName' | 'os' | 'engine'>;
}

/** The backend that the configuration names, without the simulation: that is the business of main and of tests. */
export function openLibrary(path: string | undefined): Backend {
  const library = path ?? systemLibrary();
  if (library === undefined) {
    throw new ConfigError(
      `this system (${process.platform}) has no iphlpapi.dll`,
      'run the agent on Windows, name a library with the same exports by --iphlpapi, or try it with --simulate',
    );
  }
  try {
    return { iphlpapi: loadIphlpapi(library), identity: { hostName: hostname(), os: `${osVersion()} ${release()}`, engine: 'iphlpapi' } };
  } catch (cause) {
    throw new ConfigError(
      `the library ${library} cannot be loaded: ${(cause as Error).message}`,
      'check the path given to --iphlpapi',
      cause,
    );
  }
}

/** By its full path: by name alone Windows would look beside node.exe first, and the agent runs as administrator. */
function systemLibrary(): string | undefined {
  if (process.platform !== 'win32') return undefined;
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'iphlpapi.dll');
}

/** An agent that serves. */
export interface RunningAgent {
  readonly port: number;
  /** New certificates for connections from now on, and new rules for all calls, also those that run. Not for an agent in plaintext. */
  replaceSecurity(security: Security): void;
  /** Lets running calls end, undoes what nobody can confirm any more, and gives the state directory back. */
  stop(drainTimeoutMs: number): Promise<void>;
}

/**
 * Starts an agent over a backend: undoes what an earlier run left unconfirmed, puts persistent routes back, and only then listens.
 *
 * @param security - undefined: plaintext, which the configuration allows on loopback alone; everybody there may do everything
 * @throws ConfigError for a state directory that cannot be used; the system's error when the address cannot be had
 */
export async function startAgent(
  { iphlpapi, identity }: Backend,
  config: Pick<AgentConfig, 'listen' | 'ipv4Writes' | 'reflection' | 'stateDir' | 'acceptJournalLoss'> &
    Partial<Pick<AgentConfig, 'audit'>> &
    Pick<StateOptions, 'witness'> & { readonly callLimits?: Readonly<Record<CallKind, CallLimit>> },
  security: Security | undefined,
  log: Logger,
): Promise<RunningAgent> {
  const state = await openState({ audit: 'required', ...config, simulated: identity.engine === 'simulated' }, log);
  const callAudit = createCallAudit(state.audit, log);
  const { journal } = state;
  const changes = registerForChanges(iphlpapi);
  const { told } = changes;
  const now = (): number => performance.now();
  const connections = createConnections({ now, tls: security !== undefined });
  const observer = new TableObserver({
    table: withRegistry((config.ipv4Writes === 'classic' ? createClassicTable : createNetioTable)(iphlpapi, told), iphlpapi, (message) =>
      log.warn(message),
    ),
    log,
    intervalMs: told ? readIntervalMs.told : readIntervalMs.untold,
    ownershipOf: (key) => journal.state.receipts.get(keyText(key)),
  });
  const { table } = observer;
  const engine = new CommitEngine({ table, journal, log, boot: readHostBoot(), controllers: () => connections.controllers(), now });
  const keeper = new Keeper({ table, engine, log, intervalMs: told ? lookIntervalMs.told : lookIntervalMs.untold, now });
  const stopWriting = async (): Promise<void> => {
    await changes.stop();
    observer.close(agentStopping());
    await keeper.close();
    await engine.close();
    callAudit.close();
    await state.release();
  };
  try {
    if (journal.damage !== undefined) log.error({ damage: journal.damage }, 'the journal is damaged: no write is taken');
    await engine.recover();
    await keeper.start();
    changes.subscribe(() => {
      observer.notice();
      keeper.notice();
    });
    const context = {
      table,
      engine,
      keeper,
      observer,
      identity: { ...identity, version, bootId: randomUUID(), library: iphlpapi.description, startTime: new Date() },
      limits: { maxMessageBytes, maxOperations, maxSteps },
      heldOperations: createHeldOperations(),
      log,
      callAudit,
      isElevated: () => iphlpapi.isElevated(),
    };
    const credentials = security && new MutualTlsCredentials(security.tls);
    const gatekeeper = security && createGatekeeper(security.rules);
    const callLimits = createCallLimits(now, config.callLimits);
    const server = await startServer({
      context,
      connections,
      credentials: credentials ?? ServerCredentials.createInsecure(),
      admission: createAdmission(gatekeeper, connections, callLimits),
      callLimits,
      listen: config.listen,
      reflection: config.reflection,
    });
    return {
      port: server.port,
      replaceSecurity({ tls, rules }) {
        credentials?.replace(tls);
        gatekeeper?.replace(rules);
      },
      async stop(drainTimeoutMs) {
        // Watches never end by themselves, and would hold up the end of the others.
        observer.close(agentStopping());
        await server.drain(drainTimeoutMs);
        await stopWriting();
      },
    };
  } catch (error) {
    await stopWriting();
    throw error;
  }
}
