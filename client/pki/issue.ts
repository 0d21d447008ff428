import { createPublicKey } from 'node:crypto';
import { formatAddress, parseAddress } from '../../proto/address.js';
import { signingAlgorithm } from '../../proto/certificate-request.js';
import { canonicalName, identityUri } from '../../proto/identity.js';
import { InvalidValueError, quote } from '../../proto/invalid-value.js';
import { loadX509 } from '../../proto/x509.js';
import { backdateMs, readAuthorities, readSigningKey, wholeSeconds } from './authority.js';
import { type CertificateKind, type IssuedCertificate, recordIssued } from './issued-list.js';
import { PkiError } from './pki-error.js';
import { freshSerial } from './serial.js';

/** What a certificate shall say. */
export interface CertificateSubject {
  readonly kind: CertificateKind;
  readonly name: string;
  /** Under which it is reached; of agents, default its name. */
  readonly dnsNames?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
}

/** What is to be certified. */
export interface IssueOptions {
  readonly subject: CertificateSubject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly lifetimeMs: number;
  readonly now: Date;
}

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
/** An agent is a client when it renews its certificate. */
const usages: Readonly<Record<CertificateKind, readonly string[]>> = {
  agent: [serverAuth, clientAuth],
  controller: [clientAuth],
  server: [serverAuth],
};

/** How long certificates hold when nothing else is said. */
export const defaultLifetimeMs: number = 90 * 86_400_000;

/**
 * Certifies a public key. The certificate is entered in the list before anybody gets it.
 *
 * @throws PkiError; InvalidValueError for a name that cannot stand in a certificate
 */
export async function issueCertificate(
  directory: string,
  { subject, publicKey, lifetimeMs, now }: IssueOptions,
): Promise<IssuedCertificate> {
  const { kind, name, dnsNames, ipAddresses } = canonicalSubject(subject);
  const [signer] = await readAuthorities(directory);
  const signingKey = await readSigningKey(directory, signer);
  const authorityEnd = new Date(signer.certificate.validTo);
  if (authorityEnd <= now) {
    const message = `the authority ${signer.id} ended on ${authorityEnd.toISOString()}`;
    throw new PkiError('NOT_NOW', message, 'make a new one with "routefleet pki init --pki-dir <other directory>", and enroll anew');
  }
  const x509 = await loadX509();
  const authority = new x509.X509Certificate(signer.pem);
  const serial = freshSerial();
  const notBefore = wholeSeconds(now.getTime() - backdateMs);
  const notAfter = wholeSeconds(Math.min(now.getTime() + lifetimeMs, authorityEnd.getTime()));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [{ CN: [name] }],
    issuer: authority.subjectName,
    publicKey,
    signingKey,
    notBefore,
    notAfter,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([...usages[kind]]),
      new x509.SubjectAlternativeNameExtension(alternativeNames({ kind, name, dnsNames, ipAddresses })),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const issued = {
    serial,
    kind,
    name,
    dnsNames,
    ipAddresses,
    notBefore,
    notAfter,
    authority: signer.id,
    certificate: `${certificate.toString('pem')}\n`,
  };
  await recordIssued(directory, issued);
  return issued;
}

type Names = Pick<IssuedCertificate, 'kind' | 'name' | 'dnsNames' | 'ipAddresses'>;

function alternativeNames({ kind, name, dnsNames, ipAddresses }: Names): { type: 'url' | 'dns' | 'ip'; value: string }[] {
  return [
    ...(kind === 'server' ? [] : [{ type: 'url' as const, value: identityUri({ kind, name }) }]),
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
}

/**
 * The names as they stand in a certificate.
 *
 * @throws InvalidValueError
 */
export function canonicalSubject({ kind, name, dnsNames = [], ipAddresses = [] }: CertificateSubject): Names {
  if (kind === 'controller' && dnsNames.length + ipAddresses.length > 0) {
    throw new InvalidValueError(
      'INVALID_TEXT',
      'a controller is reached by nobody: it has no DNS names and addresses',
      'leave --dns and --ip out',
    );
  }
  const own = canonicalName(name);
  const reachable = dnsNames.length + ipAddresses.length > 0 || kind !== 'agent';
  return {
    kind,
    name: own,
    dnsNames: reachable ? [...new Set(dnsNames.map(canonicalDnsName))] : [canonicalDnsName(own)],
    ipAddresses: [...new Set(ipAddresses.map(canonicalAddress))],
  };
}

/** @throws InvalidValueError */
function canonicalDnsName(text: string): string {
  const name = text.toLowerCase();
  const labels = name.split('.');
  if (name.length <= 253 && labels.every((label) => /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/.test(label))) return name;
  throw new InvalidValueError(
    'INVALID_TEXT',
    `${quote(text)} is no DNS name of one host`,
    'write a name such as "web1.example.net", without "*"; an address goes with --ip',
  );
}

/** @throws InvalidValueError */
export function canonicalAddress(text: string): string {
  const address = parseAddress(text);
  if (address.scopeId === 0) return formatAddress(address);
  throw new InvalidValueError('INVALID_ADDRESS', `${quote(text)} has a zone, which no certificate can name`, 'give another address');
}

/** The public key of a certificate as {@link IssueOptions.publicKey} has it. */
export function publicKeyOf(certificate: string): Buffer {
  return createPublicKey(certificate).export({ type: 'spki', format: 'der' });
}
