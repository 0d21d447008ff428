import { InvalidValueError } from '../proto/invalid-value.js';
import { checkTimeout } from './calls.js';
import { fromInvalidValue } from './errors/invalid-value.js';
import { RouteError } from './errors/route-error.js';
import type { RouteClient } from './route-client.js';
import { type ClientCredentials, createCredentials, type TlsOptions } from './transport/credentials.js';
import { type Endpoint, isLoopback, parseEndpoint } from './transport/endpoint.js';
import { createGrpcTransport } from './transport/grpc-transport.js';
import { createRouteClient } from './transport-route-client.js';

/** How to reach an agent: with exactly one of `tls`, `credentials` and `insecure`. */
export interface ConnectOptions {
  /** "host:port"; the port is 7420 when left out. */
  readonly address: string;
  /** Mutual TLS 1.3. */
  readonly tls?: TlsOptions | undefined;
  /** Mutual TLS 1.3 with what `createCredentials` has read, for many connections. */
  readonly credentials?: ClientCredentials | undefined;
  /** Name that the agent's certificate must hold. Default: `tls.serverName`, else the host of `address`. */
  readonly serverName?: string | undefined;
  /** Plaintext; only to loopback addresses. */
  readonly insecure?: boolean | undefined;
  /** Time for a call with a single answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Time for a call with a stream of answers, in milliseconds. Default 60,000. */
  readonly streamTimeoutMs?: number | undefined;
}

/**
 * Makes a client for the agent at `address`. The connection is opened with the first call, so an agent that is down shows there.
 *
 * @throws RouteError INVALID_ARGUMENT for options that cannot work
 */
export function connect(options: ConnectOptions): RouteClient {
  const { address, tls, serverName = tls?.serverName, timeoutMs = 10_000, streamTimeoutMs = 60_000 } = options;
  const endpoint = parseEndpoint(address);
  const timeouts = checked(() => ({ unaryMs: checkTimeout(timeoutMs), streamMs: checkTimeout(streamTimeoutMs) }));
  return createRouteClient(createGrpcTransport({ endpoint, credentials: credentialsOf(endpoint, options), serverName }), timeouts);
}

/** Undefined: plaintext, which was asked for and is harmless there. */
function credentialsOf(endpoint: Endpoint, { tls, credentials, insecure = false }: ConnectOptions): ClientCredentials | undefined {
  const ways = [tls !== undefined, credentials !== undefined, insecure].filter(Boolean).length;
  if (ways !== 1) {
    throw refuse(
      endpoint,
      ways === 0
        ? `neither TLS nor plaintext is chosen for ${endpoint.address}`
        : 'more than one of tls, credentials and insecure is given',
      'give tls or credentials for mutual TLS, or insecure for plaintext on loopback',
    );
  }
  if (tls !== undefined) return createCredentials(tls);
  if (credentials !== undefined) return credentials;
  if (isLoopback(endpoint)) return undefined;
  throw refuse(
    endpoint,
    `plaintext to ${endpoint.address} is refused: others on the network could read and change it`,
    'use TLS, or connect to 127.0.0.1, ::1 or localhost',
  );
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidValueError ? fromInvalidValue(error) : error;
  }
}

function refuse({ address }: Endpoint, message: string, remedy: string): RouteError {
  return new RouteError({ code: 'INVALID_ARGUMENT', reason: 'PLAINTEXT_REFUSED', message, remedy, address });
}
