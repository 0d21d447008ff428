import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { Client, credentials as grpcCredentials } from '@grpc/grpc-js';
import { channelOptions } from './channel-options.js';
import type { ClientCredentials } from './credentials.js';
import type { Endpoint } from './endpoint.js';
import { trackSockets } from './sockets.js';

/** What a connection needs. */
export interface ChannelSettings {
  readonly endpoint: Endpoint;
  /** Undefined: plaintext. */
  readonly credentials: ClientCredentials | undefined;
  /** Name that the agent's certificate must hold. Undefined: the host of the endpoint. */
  readonly serverName: string | undefined;
}

/**
 * RFC 6066 forbids IP addresses as TLS server names, and Node warns of them. grpc-js cannot leave the name out, so such a connection sends
 * one that means nothing (RFC 2606); what is checked is the address.
 */
const noServerName = 'agent.invalid';

/** A gRPC channel. */
export interface Channel {
  readonly client: Client;
  /** Ends it, also while it is still connecting. Resolves when its sockets are closed, after a second at most. */
  close(): Promise<void>;
}

/** Opens a gRPC channel; the connection itself is made with the first call. */
export function openChannel({ endpoint, credentials, serverName }: ChannelSettings): Channel {
  const expected = serverName ?? endpoint.host;
  const channelCredentials =
    credentials === undefined
      ? grpcCredentials.createInsecure()
      : grpcCredentials.createFromSecureContext(credentials.secureContext, {
          checkServerIdentity: (_sent, certificate) => checkServerIdentity(expected, certificate),
        });
  const sockets = trackSockets(channelCredentials);
  const client = new Client(targetOf(endpoint), channelCredentials, {
    ...channelOptions,
    'grpc.ssl_target_name_override': isIP(expected) === 0 ? expected : noServerName,
  });
  return {
    client,
    close() {
      client.close();
      return sockets.closed();
    },
  };
}

/** An IP address is not looked up: that would cost every connection a resolver of its own. */
function targetOf({ host, address }: Endpoint): string {
  const version = isIP(host);
  return version === 0 ? `dns:///${address}` : `ipv${version}:${address}`;
}
