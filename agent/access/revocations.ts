import { X509Certificate } from 'node:crypto';
import { loadX509 } from '../../proto/x509.js';
import { ConfigError } from '../config-error.js';
import { nameText, type PeerIdentity } from './peer-identity.js';

const certificatePem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
/** Some programs leave "X509" out. */
const crlPem = /-----BEGIN (?:X509 )?CRL-----([\s\S]*?)-----END (?:X509 )?CRL-----/g;

/** What revocation lists say. */
export interface Revocations {
  isRevoked(identity: Pick<PeerIdentity, 'issuer' | 'serialNumber'>): boolean;
  /** When the first of the lists should have been replaced, in milliseconds since 1970. Undefined: none says. */
  readonly nextUpdate: number | undefined;
}

/** There is no revocation list. */
export const noRevocations: Revocations = { isRevoked: () => false, nextUpdate: undefined };

/**
 * Reads revocation lists (RFC 5280), one after the other in PEM.
 *
 * @param source - path of the file, for messages
 * @param ca - certificates of the authorities; each list is signed by one of them
 * @throws ConfigError for a file that is none, or is not signed by an authority
 */
export async function parseRevocations(pem: string, source: string, ca: string): Promise<Revocations> {
  const lists = [...pem.matchAll(crlPem)].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  if (lists.length === 0) throw new ConfigError(`${source} holds no revocation list`, 'give a PEM file: "-----BEGIN X509 CRL-----"');
  // The library takes its time to load, and hosts without a list need not.
  const { X509Certificate: Certificate, X509Crl } = await loadX509();
  const authorities = (ca.match(certificatePem) ?? []).map((each) => ({ certificate: new Certificate(each), name: nameOf(each) }));
  const revoked = new Set<string>();
  const updates: number[] = [];
  for (const each of lists) {
    const list = read(() => new X509Crl(each), source);
    const signer = await firstOf(authorities, ({ certificate }) => list.verify({ publicKey: certificate }));
    if (signer === undefined) {
      throw new ConfigError(
        `a revocation list in ${source} is not signed by an authority of the clients`,
        'give the list of that authority',
      );
    }
    for (const { serialNumber } of list.entries) revoked.add(`${signer.name} ${normalSerial(serialNumber)}`);
    if (list.nextUpdate !== undefined) updates.push(list.nextUpdate.getTime());
  }
  return {
    isRevoked: ({ issuer, serialNumber }) => revoked.has(`${issuer} ${normalSerial(serialNumber)}`),
    nextUpdate: updates.length === 0 ? undefined : Math.min(...updates),
  };
}

/**
 * Names of the authorities in a bundle, as certificates call their issuer.
 *
 * @throws ConfigError when one of them cannot be read
 */
export function authoritiesIn(ca: string, source: string): ReadonlySet<string> {
  try {
    return new Set((ca.match(certificatePem) ?? []).map(nameOf));
  } catch (cause) {
    throw new ConfigError(
      `a certificate in ${source} cannot be read: ${(cause as Error).message}`,
      'take it out, or give it in PEM',
      cause,
    );
  }
}

async function firstOf<T>(values: readonly T[], fits: (value: T) => Promise<boolean>): Promise<T | undefined> {
  for (const value of values) if (await fits(value)) return value;
  return undefined;
}

function read<T>(parse: () => T, source: string): T {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError(`a revocation list in ${source} cannot be read: ${(cause as Error).message}`, 'make it anew', cause);
  }
}

function nameOf(pem: string): string {
  return nameText(new X509Certificate(pem).toLegacyObject().subject);
}

/** Leading zeros are a matter of taste. */
function normalSerial(hex: string): string {
  return hex.toUpperCase().replace(/^0+(?=.)/, '');
}
