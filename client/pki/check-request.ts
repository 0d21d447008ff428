import { createPublicKey, type KeyObject } from 'node:crypto';
import { identityUri } from '../../proto/identity.js';
import { quote } from '../../proto/invalid-value.js';
import { loadX509, type X509 } from '../../proto/x509.js';
import { type CertificateSubject, canonicalAddress, canonicalSubject } from './issue.js';
import { PkiError } from './pki-error.js';

/** A subject that others ask for. */
export interface RequestedSubject extends CertificateSubject {
  readonly kind: 'agent' | 'controller';
}

const subjectAlternativeName = '2.5.29.17';

/**
 * Reads a request for a certificate (PKCS #10, PEM), and sees that it names nobody else. It may name less: what the certificate says is decided by
 * `expected` alone.
 *
 * @returns the public key, SubjectPublicKeyInfo in DER
 * @throws PkiError INVALID, NAME_MISMATCH
 */
export async function checkRequest(pem: string, expected: RequestedSubject): Promise<Buffer> {
  const x509 = await loadX509();
  const request = await readRequest(pem, x509);
  const publicKey = Buffer.from(request.publicKey.rawData);
  checkKey(publicKey);
  const { kind, name, dnsNames, ipAddresses } = canonicalSubject(expected);
  const allowed = new Set([
    `url ${identityUri({ kind: expected.kind, name })}`,
    ...dnsNames.map((each) => `dns ${each}`),
    ...ipAddresses.map((each) => `ip ${each}`),
  ]);
  for (const other of [...subjectsOf(request, name), ...alternativeNamesOf(request, x509, allowed)]) {
    throw new PkiError(
      'NAME_MISMATCH',
      `the request names ${quote(other)}, and the certificate is for the ${kind} ${quote(name)}`,
      'ask for a certificate of this name alone, or for a token or signature of the other one',
    );
  }
  return publicKey;
}

type Request = InstanceType<X509['Pkcs10CertificateRequest']>;

async function readRequest(pem: string, { Pkcs10CertificateRequest }: X509): Promise<Request> {
  let signed = false;
  try {
    const request = new Pkcs10CertificateRequest(pem);
    signed = await request.verify();
    if (signed) return request;
  } catch (cause) {
    const remedy = 'give a PEM text that begins with "-----BEGIN CERTIFICATE REQUEST-----"';
    throw new PkiError('INVALID', 'the request for a certificate cannot be read', remedy, cause);
  }
  throw new PkiError('INVALID', 'the request for a certificate is not signed with its own key', 'make it anew with "routefleet pki csr"');
}

function checkKey(der: Buffer): void {
  const key = readKey(der);
  const { namedCurve = '', modulusLength = 0 } = key?.asymmetricKeyDetails ?? {};
  const good =
    key?.asymmetricKeyType === 'ec'
      ? ['prime256v1', 'secp384r1'].includes(namedCurve)
      : key?.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
  if (!good)
    throw new PkiError('INVALID', 'the key of the request is neither ECDSA (P-256, P-384) nor RSA of 2048 bits', 'make another key');
}

function readKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** What the subject says beside the name. */
function subjectsOf({ subjectName }: Request, name: string): string[] {
  return subjectName
    .toJSON()
    .flatMap((part) =>
      Object.entries(part).flatMap(([type, values]) =>
        values.map(String).flatMap((value) => (type === 'CN' && value.toLowerCase() === name ? [] : [`${type}=${value}`])),
      ),
    );
}

/** What it asks for beside that. Another kind of name that cannot be read is one too many as well. */
function alternativeNamesOf(request: Request, { SubjectAlternativeNameExtension }: X509, allowed: ReadonlySet<string>): string[] {
  return request.getExtensions(subjectAlternativeName).flatMap(({ rawData }) => {
    try {
      const { names } = new SubjectAlternativeNameExtension(rawData);
      return names.items.filter(({ type, value }) => !allowed.has(`${type} ${canonical(type, value)}`)).map(({ value }) => value);
    } catch {
      return ['a name of another type'];
    }
  });
}

function canonical(type: string, value: string): string {
  return type === 'ip' ? canonicalAddress(value) : value.toLowerCase();
}
