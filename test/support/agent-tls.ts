import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { createTestPki, type Identity, type TestPki } from './pki.js';
import { connectWire, type Wire } from './wire.js';

/** Name in the certificate, which a client checks in place of an address. */
const name = 'agent';

/** Mutual TLS between the agents of one address and a test. */
export interface AgentTls {
  /** Arguments of routefleet-agent. */
  readonly args: readonly string[];
  /** Connects with a certificate that the agents accept. */
  connect(address: string): Wire;
}

/** Makes the certificates; those of the agent are written to the directory. */
export async function createAgentTls(directory: string, ipAddress: string): Promise<AgentTls> {
  const pki = await createTestPki();
  const args = await writeAgentTls(pki, directory, await pki.issueServer({ name, dnsNames: [name], ipAddresses: [ipAddress] }));
  const { certificate, key } = await pki.issueClient({ name: 'test' });
  const channel: ChannelCredentials = credentials.createSsl(Buffer.from(pki.ca), Buffer.from(key), Buffer.from(certificate));
  return {
    args,
    // Clients of one address would share a connection, and a new one would not be fresh.
    connect: (address) => connectWire(address, channel, { 'grpc.ssl_target_name_override': name, 'grpc.use_local_subchannel_pool': 1 }),
  };
}

/** Writes what an agent needs to let in every client of the authority, as an admin. @returns arguments of routefleet-agent */
export async function writeAgentTls(pki: TestPki, directory: string, identity: Identity, fileName: string = name): Promise<string[]> {
  const files = await pki.writeTo(directory, fileName, identity);
  const authorization = join(directory, 'authorization.yaml');
  await writeFile(authorization, 'rules: [{ identities: ["*"], role: admin }]\n');
  const tls = ['--tls-certificate', files.certificate, '--tls-key', files.key, '--tls-ca', files.ca];
  return [...tls, '--authorization', authorization];
}
