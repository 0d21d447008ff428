import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type DetailedPeerCertificate } from 'node:tls';
import { pinOf } from '../../proto/pem.js';
import { EnrollError } from './enroll-error.js';
import { formatServer, type ServerAddress } from './server-address.js';

/** What the server must prove before it is told anything. */
export interface PinnedServer extends ServerAddress {
  /** SHA-256 of the public key of the CA, "sha256:" and 64 hexadecimal digits. */
  readonly pin: string;
  readonly timeoutMs: number;
}

/** Longest chain that is looked at. */
const maxChain = 8;

/**
 * Finds the CA that has the pin in the chain of the server, and sees that it stands behind the server's certificate. Nothing is sent on the
 * connection but the handshake, which says nothing of this host.
 *
 * @returns PEM
 * @throws EnrollError UNREACHABLE, PIN_MISMATCH
 */
export async function findPinnedCa(server: PinnedServer): Promise<string> {
  const peer = await showChain(server);
  const [leaf, ...issuers] = chainOf(peer);
  const where = formatServer(server);
  const ca = issuers.find((each) => each.ca && pinOf(each) === server.pin);
  if (leaf === undefined || ca === undefined) {
    const pins = issuers.map(pinOf).join(', ') || 'none';
    throw new EnrollError(
      'PIN_MISMATCH',
      `the server ${where} shows no CA with the pin ${server.pin}, but ${pins}; nothing was sent to it`,
      'compare the pin with "routefleet pki show" where the authority is; if it is right, somebody else answers there',
    );
  }
  const finding = findingOf(leaf, ca, checkServerIdentity(server.host, peer));
  if (finding !== undefined) {
    throw new EnrollError(
      'PIN_MISMATCH',
      `the CA with the pin does not stand behind the server ${where}: ${finding}; nothing was sent to it`,
      'give --server by a name that "routefleet enroll serve --server-name" names, and set the clock of this host',
    );
  }
  return ca.toString();
}

function findingOf(leaf: X509Certificate, ca: X509Certificate, nameError: Error | undefined): string | undefined {
  if (!leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) return 'it did not sign the certificate';
  const now = Date.now();
  for (const each of [leaf, ca]) {
    if (Date.parse(each.validFrom) > now || Date.parse(each.validTo) < now) {
      return `a certificate holds from ${each.validFrom} to ${each.validTo}, and it is ${new Date(now).toISOString()}`;
    }
  }
  return nameError?.message;
}

function showChain(server: PinnedServer): Promise<DetailedPeerCertificate> {
  const { host, port, timeoutMs } = server;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      minVersion: 'TLSv1.3',
      // The chain is checked against the pin instead; nothing is sent before that.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const deadline = setTimeout(() => fail(new Error(`no TLS handshake within ${timeoutMs} ms`)), timeoutMs);
    function fail(cause: Error): void {
      clearTimeout(deadline);
      socket.destroy();
      reject(unreachable(server, cause));
    }
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(deadline);
      const peer = socket.getPeerCertificate(true);
      socket.off('error', fail).on('error', () => {});
      socket.destroy();
      resolve(peer);
    });
  });
}

/** Nobody answers, or not as a server of TLS 1.3. */
export function unreachable(server: ServerAddress, cause: Error): EnrollError {
  const { code = cause.message } = cause as NodeJS.ErrnoException;
  return new EnrollError(
    'UNREACHABLE',
    `the enrolment server ${formatServer(server)} cannot be reached (${code})`,
    'see that "routefleet enroll serve" runs there, and that no firewall stands between',
    cause,
  );
}

function chainOf(peer: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let each: DetailedPeerCertificate | undefined = peer; each?.raw !== undefined && chain.length < maxChain; ) {
    chain.push(new X509Certificate(each.raw));
    // The last one is its own issuer.
    each = each.issuerCertificate === each ? undefined : each.issuerCertificate;
  }
  return chain;
}
