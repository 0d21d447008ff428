import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import pino from 'pino';
import { loadSecurity, type Security, type SecurityFiles } from '../../../agent/access/security-files.js';
import { watchSecurity } from '../../../agent/access/watch-security.js';
import { simulateHost } from '../../../agent/simulate.js';
import { startAgent } from '../../../agent/start.js';
import { createCleanup } from '../../support/cleanup.js';
import { createTestPki, type Identity, type TestPki } from '../../support/pki.js';
import { connectWire, type Wire } from '../../support/wire.js';

/** Name in the certificate of the agent. */
export const agentName = 'agent';

/** An agent behind files as an administrator keeps them, which can be changed while it runs. */
export interface SecureAgent {
  readonly address: string;
  readonly pki: TestPki;
  readonly files: SecurityFiles & { readonly tlsCrl: string };
  readonly stateDir: string;
  /** What the agent logs. */
  readonly log: readonly { readonly msg: string; readonly level: number }[];
  /** Over a connection of its own. Without an identity: one that shows no certificate. */
  connect(identity?: Identity, ca?: string): Wire;
  /** Resolves when the agent took what is in the files. */
  replaced(): Promise<Security>;
  /** Stops the agent; its files stay until {@link close}. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it, with the rules given and an empty revocation list. */
export async function startSecureAgent(authorization: string): Promise<SecureAgent> {
  const cleanup = createCleanup();
  const directory = await mkdtemp(join(tmpdir(), 'routefleet-access-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: agentName, dnsNames: [agentName] });
  const { ca, certificate, key } = await pki.writeTo(directory, 'agent', server);
  const files = {
    tlsCa: ca,
    tlsCertificate: certificate,
    tlsKey: key,
    tlsCrl: join(directory, 'crl.pem'),
    authorization: join(directory, 'authorization.yaml'),
  };
  await writeFile(files.authorization, authorization);
  await writeFile(files.tlsCrl, await pki.revoke());

  const lines: SecureAgent['log'][number][] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const config = {
    listen: '127.0.0.1:0',
    ipv4Writes: 'classic',
    reflection: false,
    stateDir: join(directory, 'state'),
    acceptJournalLoss: false,
  } as const;
  const host = simulateHost({ profile: 'office', simulateHostNumber: 1 });
  const security = await loadSecurity(files);
  const agent = await startAgent(host, config, security, log);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= agent.stop(0);
    return stopped;
  };
  cleanup.defer(stop);
  let waiting: ((security: Security) => void)[] = [];
  const watching = watchSecurity(
    files,
    security,
    (security) => {
      agent.replaceSecurity(security);
      for (const resolve of waiting) resolve(security);
      waiting = [];
    },
    log,
  );
  cleanup.defer(watching.close);
  const address = `127.0.0.1:${agent.port}`;
  return {
    address,
    pki,
    files,
    stateDir: config.stateDir,
    log: lines,
    connect(identity, authority = pki.ca) {
      const wire = connectWire(address, channelOf(authority, identity), {
        'grpc.use_local_subchannel_pool': 1,
        'grpc.ssl_target_name_override': agentName,
      });
      cleanup.defer(() => wire.close());
      return wire;
    },
    replaced: () => new Promise((resolve) => waiting.push(resolve)),
    stop,
    close: cleanup.run,
  };
}

function channelOf(ca: string, identity: Identity | undefined): ChannelCredentials {
  if (identity === undefined) return credentials.createSsl(Buffer.from(ca));
  return credentials.createSsl(Buffer.from(ca), Buffer.from(identity.key), Buffer.from(identity.certificate));
}
