import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { enrollRequestSchema, enrolmentPaths, renewRequestSchema } from '../../proto/enrolment.js';
import { currentCrls } from '../pki/crl.js';
import { PkiError } from '../pki/pki-error.js';
import { type Enrolled, enrollAgent, renewAgent } from './enroll-agent.js';
import { EnrolmentError, statusOf, toEnrolmentError } from './enrolment-error.js';
import { readBody } from './read-body.js';
import { makeServerIdentity } from './server-identity.js';

/** What became of a request. Holds nothing secret. */
export type EnrolmentEvent =
  | {
      readonly what: 'enrolled' | 'renewed';
      readonly from: string;
      readonly name: string;
      readonly serial: string;
      readonly notAfter: Date;
    }
  | { readonly what: 'refused'; readonly from: string; readonly error: EnrolmentError }
  /** Not of a request: the server could not take up a new bundle, or sign a revocation list. */
  | { readonly what: 'failed'; readonly error: unknown };

/** How to serve. */
export interface EnrolmentServerOptions {
  readonly pki: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** DNS names and IP addresses under which agents reach the server. */
  readonly names: readonly string[];
  /** Of the certificates of agents. */
  readonly lifetimeMs: number;
  readonly notify: (event: EnrolmentEvent) => void;
  /** Default: the clock of the system. */
  readonly now?: () => Date;
  /** Time for a whole request. Default 10,000. */
  readonly requestTimeoutMs?: number;
}

/** An enrolment server that listens. */
export interface EnrolmentServer {
  readonly port: number;
  /** Takes up a new bundle, makes its own certificate anew when it gets old, and so the revocation lists. Done by itself every minute. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const refreshMs = 60_000;
const maxConnections = 1024;

/**
 * Serves enrolment and renewal over TLS 1.3. Several servers may share an authority.
 *
 * @throws PkiError; UNUSABLE when the address cannot be had
 */
export async function startEnrolmentServer(options: EnrolmentServerOptions): Promise<EnrolmentServer> {
  const { pki, listen, names, notify, now = () => new Date(), requestTimeoutMs = 10_000 } = options;
  let identity = await makeServerIdentity(pki, names, now());
  const server = createServer(
    {
      ...identity.context,
      // Who enrolls has no certificate yet; whether one is valid is seen where it is needed.
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs / 2),
      maxHeaderSize: 8192,
    },
    (request, response) => void serve(request, response, options, now),
  );
  server.maxConnections = maxConnections;
  server.setTimeout(3 * requestTimeoutMs);
  const port = await listenAt(server, listen);

  async function refresh(): Promise<void> {
    await currentCrls(pki, now());
    if (await identity.isCurrent(now())) return;
    identity = await makeServerIdentity(pki, names, now());
    server.setSecureContext(identity.context);
  }
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => notify({ what: 'failed', error }));
  }, refreshMs).unref();
  return {
    port,
    refresh,
    close() {
      clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function listenAt(server: Server, { host, port }: EnrolmentServerOptions['listen']): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new PkiError('UNUSABLE', `nothing can listen at ${host}:${port} (${cause.code})`, 'give another --listen', cause)),
    );
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { pki, lifetimeMs, notify }: EnrolmentServerOptions,
  now: () => Date,
): Promise<void> {
  const from = request.socket.remoteAddress ?? 'unknown';
  try {
    const { what, issued, answer } = await handle(request, pki, { lifetimeMs, now: now() });
    notify({ what, from, name: issued.name, serial: issued.serial, notAfter: issued.notAfter });
    send(response, 200, answer);
  } catch (cause) {
    const error = toEnrolmentError(cause);
    notify({ what: 'refused', from, error });
    // What is left of the body is not waited for.
    response.shouldKeepAlive = request.complete;
    send(response, statusOf[error.code], { code: error.code, message: error.message, remedy: error.remedy });
  }
}

async function handle(
  request: IncomingMessage,
  pki: string,
  options: { readonly lifetimeMs: number; readonly now: Date },
): Promise<Enrolled & { readonly what: 'enrolled' | 'renewed' }> {
  switch (`${request.method} ${request.url}`) {
    case `POST ${enrolmentPaths.enroll}`:
      return { what: 'enrolled', ...(await enrollAgent(pki, await readBody(request, enrollRequestSchema), options)) };
    case `POST ${enrolmentPaths.renew}`: {
      const certificate = provenCertificate(request.socket as TLSSocket);
      return { what: 'renewed', ...(await renewAgent(pki, certificate, await readBody(request, renewRequestSchema), options)) };
    }
  }
  const paths = Object.values(enrolmentPaths).join(' and ');
  throw new EnrolmentError('BAD_REQUEST', 'there is no such request', `POST to ${paths} is all that is served here`);
}

/** The certificate whose key the other side holds, DER. @throws EnrolmentError */
function provenCertificate(socket: TLSSocket): Buffer {
  const certificate = socket.getPeerX509Certificate();
  if (certificate !== undefined && socket.authorized) return certificate.raw;
  const finding = certificate === undefined ? 'there is none' : `it does not hold (${String(socket.authorizationError)})`;
  const remedy = 'renew before the certificate ends; after that enroll anew';
  throw new EnrolmentError('CERTIFICATE_REQUIRED', `a renewal needs a certificate of this authority: ${finding}`, remedy);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
