import type { PeerCertificate } from 'node:tls';
import { identityUri } from '../../proto/identity.js';

/** Whoever is at the other end of a connection, by the certificate that got through the handshake. */
export interface PeerIdentity {
  /** Its first URI, else its first DNS name, else its common name; empty: it names nobody. */
  readonly name: string;
  /** Hexadecimal, upper case. */
  readonly serialNumber: string;
  /** Name of the authority, comparable with {@link nameText}. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

/** Certificates of agents hold such a URI; an agent is never a client of another one. */
const agentUri = identityUri({ kind: 'agent', name: '' });

/** What a certificate says of its holder. */
export function identityOf({ subject, subjectaltname = '', serialNumber, issuer, valid_to: validTo }: PeerCertificate): PeerIdentity {
  // Node.js puts names with a comma or a control character into quotes; a certificate with such a name names nobody.
  const isQuoted = subjectaltname.includes('"');
  const names = subjectaltname.split(', ');
  const named = (kind: string): string | undefined => names.find((name) => name.startsWith(kind))?.slice(kind.length);
  const commonName: string | string[] | undefined = subject?.CN;
  const first = named('URI:') ?? named('DNS:') ?? (Array.isArray(commonName) ? commonName[0] : commonName) ?? '';
  const name = isQuoted ? '' : first;
  return { name, serialNumber: serialNumber.toUpperCase(), issuer: nameText(issuer), notAfter: Date.parse(validTo) };
}

/** Whether it is the identity of an agent. */
export function isAgent({ name }: PeerIdentity): boolean {
  return name.startsWith(agentUri);
}

/** A distinguished name, in one way of writing. */
export function nameText(name: object): string {
  return JSON.stringify(Object.entries(name).sort(([a], [b]) => (a < b ? -1 : 1)));
}
