import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { createTestPki } from './pki.js';
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
  const files = await pki.writeTo(directory, name, await pki.issueServer({ name, dnsNames: [name], ipAddresses: [ipAddress] }));
  const { certificate, key } = await pki.issueClient({ name: 'test' });
  const channel: ChannelCredentials = credentials.createSsl(Buffer.from(pki.ca), Buffer.from(key), Buffer.from(certificate));
  return {
    args: ['--tls-certificate', files.certificate, '--tls-key', files.key, '--tls-ca', files.ca],
    // Clients of one address would share a connection, and a new one would not be fresh.
    connect: (address) => connectWire(address, channel, { 'grpc.ssl_target_name_override': name, 'grpc.use_local_subchannel_pool': 1 }),
  };
}
