import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, version as osVersion, release } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { version } from '../proto/gen/version.js';
import type { AgentConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { createClassicTable } from './iphlpapi/classic-table.js';
import type { Iphlpapi } from './iphlpapi/iphlpapi.js';
import { loadIphlpapi } from './iphlpapi/library.js';
import { createNetioTable } from './iphlpapi/netio-table.js';
import { notificationsWork } from './iphlpapi/notifications.js';
import { TableRevision } from './routes/revision.js';
import type { AgentIdentity } from './rpc/context.js';
import type { TlsMaterial } from './rpc/credentials.js';
import { type RunningServer, startServer } from './rpc/server.js';

/** Largest request message in bytes; a change of 10,000 routes is about 1 MiB. */
const maxMessageBytes = 4 * 1024 * 1024;
/** No batches yet: every write is one operation. */
const maxOperations = 1;

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

/** The TLS files of the configuration; undefined for plaintext. */
export function readTls({ tlsCertificate, tlsKey, tlsCa }: AgentConfig): TlsMaterial | undefined {
  if (tlsCertificate === undefined || tlsKey === undefined || tlsCa === undefined) return undefined;
  return { certificate: readPem('--tls-certificate', tlsCertificate), key: readPem('--tls-key', tlsKey), ca: readPem('--tls-ca', tlsCa) };
}

function readPem(flag: string, path: string): Buffer {
  try {
    const pem = readFileSync(path);
    if (pem.includes('-----BEGIN ')) return pem;
  } catch (cause) {
    throw new ConfigError(`${flag}: ${(cause as Error).message}`, 'check the path, and that the agent may read it', cause);
  }
  throw new ConfigError(`${flag}: ${path} is not a PEM file`, 'give a file that begins with "-----BEGIN"');
}

/** Starts an agent over a backend. */
export async function startAgent(
  { iphlpapi, identity }: Backend,
  config: Pick<AgentConfig, 'listen' | 'ipv4Writes' | 'reflection'>,
  tls: TlsMaterial | undefined,
  log: Logger,
): Promise<RunningServer> {
  const createTable = config.ipv4Writes === 'classic' ? createClassicTable : createNetioTable;
  const table = createTable(iphlpapi, await notificationsWork(iphlpapi));
  const context = {
    table,
    revision: new TableRevision(),
    identity: { ...identity, version, bootId: randomUUID(), library: iphlpapi.description, startTime: new Date() },
    limits: { maxMessageBytes, maxOperations },
    log,
    isElevated: () => iphlpapi.isElevated(),
  };
  return startServer({ context, listen: config.listen, tls, reflection: config.reflection });
}
