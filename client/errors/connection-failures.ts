import type { RouteErrorReason } from './route-error.js';

/** What a network engineer is told. */
export interface FailureText {
  readonly reason: RouteErrorReason;
  readonly message: string;
  readonly remedy?: string;
}

interface ConnectionFailure {
  /** Found in what grpc-js, Node or OpenSSL say; none of them gives a code that could be read instead. */
  readonly pattern: RegExp;
  text(call: { readonly address: string; readonly secure: boolean }): FailureText;
}

/** How connections fail; the first match counts. */
export const connectionFailures: readonly ConnectionFailure[] = [
  unreachable(
    /ECONNREFUSED/,
    (address) => `connection refused at ${address}`,
    'check that routefleet-agent runs on the host and listens on this port',
  ),
  unreachable(
    /Name resolution failed/,
    (address) => `no such host name in ${address}`,
    'check the spelling and the DNS, or give the IP address',
  ),
  unreachable(
    /EHOSTUNREACH|ENETUNREACH/,
    (address) => `no route to ${address}`,
    'check that the host is up and that this machine has a route to it',
  ),
  unreachable(
    /ETIMEDOUT/,
    (address) => `${address} does not answer`,
    'check that the host is up and that no firewall drops packets to this port',
  ),
  tlsRefused(
    /certificate has expired/,
    (address) => `the certificate of ${address} has expired`,
    'renew the certificate of the agent, and check the clock of this machine',
  ),
  tlsRefused(
    /certificate is not yet valid/,
    (address) => `the certificate of ${address} is not valid yet`,
    'check the clock of this machine and the dates of the certificate of the agent',
  ),
  tlsRefused(
    /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/,
    (address) => `the certificate of ${address} is for another host name`,
    'connect by a name that the certificate holds, or give that name as the TLS server name',
  ),
  tlsRefused(
    /self-signed certificate|unable to (verify|get)|certificate signature failure|invalid CA|unsuitable certificate purpose/,
    (address) => `the certificate of ${address} is not from a trusted CA`,
    'give the CA certificate that signed the certificate of the agent',
  ),
  tlsRefused(
    /alert certificate revoked/,
    (address) => `${address} refuses the client certificate: it is revoked`,
    'use a client certificate that is not revoked',
  ),
  tlsRefused(
    /alert certificate expired/,
    (address) => `${address} refuses the client certificate: it has expired`,
    'renew the client certificate',
  ),
  tlsRefused(
    /alert (certificate required|bad certificate|certificate unknown|unknown ca|unsupported certificate)/,
    (address) => `${address} refuses the client certificate`,
    'use a client certificate that is valid now and signed by the CA that the agent trusts for clients',
  ),
  tlsRefused(
    /wrong version number|packet length too long/,
    (address) => `${address} does not speak TLS`,
    'check the port; an agent in plaintext is for loopback only (insecure)',
  ),
  tlsRefused(
    /alert (protocol version|no application protocol|handshake failure)/,
    (address) => `${address} does not speak gRPC over TLS 1.3`,
    'check that routefleet-agent, not another server, listens on this port',
  ),
  { pattern: /Last error: Error: (connect|read) ECONNRESET|socket disconnected before secure/, text: brokenHandshake },
  { pattern: /Failed to connect|No connection established.*ECONNRESET|ECONNRESET before|socket disconnected before/, text: closedAtOnce },
  unreachable(
    /Connection dropped|ECONNRESET|EPIPE|socket hang up|closed/i,
    (address) => `the connection to ${address} broke during the call`,
    'repeat a read; before you repeat a write, look at the table: it may have been done',
  ),
];

function unreachable(pattern: RegExp, message: (address: string) => string, remedy: string): ConnectionFailure {
  return { pattern, text: ({ address }) => ({ reason: 'UNREACHABLE', message: message(address), remedy }) };
}

function tlsRefused(pattern: RegExp, message: (address: string) => string, remedy: string): ConnectionFailure {
  return { pattern, text: ({ address }) => ({ reason: 'TLS_REFUSED', message: message(address), remedy }) };
}

/** Before the handshake was over on this side, so that no certificate was judged yet: something between reset it, or the agent was just stopping. */
function brokenHandshake(call: { readonly address: string; readonly secure: boolean }): FailureText {
  if (!call.secure) return closedAtOnce(call);
  return {
    reason: 'UNREACHABLE',
    message: `the connection to ${call.address} broke before the TLS handshake was over`,
    remedy: 'check that routefleet-agent runs there, and that no firewall between resets connections to this port',
  };
}

/**
 * In TLS 1.3 the client is done before the server has seen its certificate, so that the refusal often arrives as a mere close. In plaintext
 * a close at once is what a TLS server does with bytes that are no handshake.
 */
function closedAtOnce({ address, secure }: { readonly address: string; readonly secure: boolean }): FailureText {
  if (secure) {
    return {
      reason: 'TLS_REFUSED',
      message: `${address} closed the connection after the handshake, as it does with a client certificate that it does not accept`,
      remedy: 'use a client certificate that is valid now and signed by the CA that the agent trusts for clients; its log says more',
    };
  }
  return {
    reason: 'TLS_REFUSED',
    message: `${address} closed the connection: it does not speak plaintext gRPC`,
    remedy: 'give CA, certificate and key, since agents speak TLS, or check the port',
  };
}
