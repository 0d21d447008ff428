import { connect } from '../connect.js';
import { RouteError } from '../errors/route-error.js';
import type { RouteClient } from '../route-client.js';
import { type ClientCredentials, createCredentials } from '../transport/credentials.js';
import { readTlsFiles } from '../transport/tls-files.js';
import type { Host, HostTls } from './host.js';

/** How the hosts of a fleet are connected to. */
export interface ConnectorOptions {
  /** Plaintext to every host, whatever its TLS says; works for loopback only. Default false. */
  readonly insecure?: boolean | undefined;
  /** See `connect`. Default: the time of the host, if its inventory has one. */
  readonly timeoutMs?: number | undefined;
  /** See `connect`. Default: the time of the host, if its inventory has one. */
  readonly streamTimeoutMs?: number | undefined;
}

/** Makes a client for a host. Whoever asked closes it. */
export type Connector = (host: Host) => Promise<RouteClient>;

/** A {@link Connector} that reads every set of TLS files once, however many hosts use it. */
export function createConnector({ insecure = false, timeoutMs, streamTimeoutMs }: ConnectorOptions = {}): Connector {
  const known = new Map<string, Promise<ClientCredentials>>();

  function credentialsOf({ ca, certificate, key }: HostTls): Promise<ClientCredentials> {
    const id = JSON.stringify([ca, certificate, key]);
    const credentials = known.get(id) ?? readTlsFiles({ ca, certificate, key }).then(createCredentials);
    known.set(id, credentials);
    return credentials;
  }

  return async ({ address, tls, timeoutMs: ownMs }) => {
    const common = { address, timeoutMs: timeoutMs ?? ownMs, streamTimeoutMs: streamTimeoutMs ?? ownMs };
    if (insecure) return connect({ ...common, insecure });
    if (tls !== undefined) return connect({ ...common, credentials: await credentialsOf(tls), serverName: tls.serverName });
    throw new RouteError({
      code: 'INVALID_ARGUMENT',
      reason: 'PLAINTEXT_REFUSED',
      message: `no CA, certificate and key are given for ${address}`,
      remedy: 'name the three files (defaults.tls in an inventory), or ask for plaintext if the agent is on loopback',
      address,
    });
  };
}
