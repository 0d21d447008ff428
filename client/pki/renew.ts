import { createHash, X509Certificate } from 'node:crypto';
import { readAuthorities } from './authority.js';
import { checkRequest } from './check-request.js';
import { writeCrls } from './crl.js';
import { issueCertificate, publicKeyOf } from './issue.js';
import { findIssued, type IssuedCertificate, type ListedCertificate, recordRevocation } from './issued-list.js';
import { PkiError } from './pki-error.js';

/** How a certificate is renewed. */
export interface RenewOptions {
  readonly lifetimeMs: number;
  readonly now: Date;
  /** PKCS #10 with a new key, PEM. Absent: the new certificate is for the same key. */
  readonly request?: string;
}

/**
 * The entry of a certificate (PEM or DER) that this authority issued and that holds now.
 *
 * @throws PkiError NOT_FOUND, NOT_NOW, REVOKED
 */
export async function findValid(directory: string, certificate: string | Buffer, now: Date): Promise<ListedCertificate> {
  const given = readCertificate(certificate);
  const listed = await findIssued(directory, given.serialNumber);
  // The serial number alone is a claim.
  if (listed === undefined || digest(new X509Certificate(listed.certificate)) !== digest(given)) {
    throw new PkiError('NOT_FOUND', 'the certificate was not issued by this authority', 'give one of "routefleet pki list"');
  }
  const named = `the certificate ${listed.serial} of the ${listed.kind} "${listed.name}"`;
  if (listed.revoked !== undefined) {
    throw new PkiError('REVOKED', `${named} was revoked on ${listed.revoked.time.toISOString()}`, 'issue or enroll anew if that was right');
  }
  if (listed.notAfter <= now) {
    throw new PkiError('NOT_NOW', `${named} ended on ${listed.notAfter.toISOString()}`, 'issue or enroll anew');
  }
  if (!(await readAuthorities(directory)).some(({ id }) => id === listed.authority)) {
    throw new PkiError('NOT_NOW', `${named} is of an authority that is trusted no longer`, 'issue or enroll anew');
  }
  return listed;
}

/**
 * Issues a certificate with the same names, for the same or a new key. The old one holds on until its end.
 *
 * @throws PkiError as {@link findValid}; INVALID, NAME_MISMATCH for a request
 */
export async function renew(
  directory: string,
  certificate: string | Buffer,
  { lifetimeMs, now, request }: RenewOptions,
): Promise<IssuedCertificate> {
  const old = await findValid(directory, certificate, now);
  const { kind } = old;
  if (kind === 'server') throw new PkiError('INVALID', 'the enrolment server renews its certificates itself', 'restart it');
  const publicKey = request === undefined ? publicKeyOf(old.certificate) : await checkRequest(request, { ...old, kind });
  const renewed = await issueCertificate(directory, { subject: old, publicKey, lifetimeMs, now });
  // Whoever revoked the old one meanwhile has seen the new one, or is seen here.
  try {
    await findValid(directory, certificate, now);
  } catch (error) {
    const { serial, authority, notAfter } = renewed;
    await recordRevocation(directory, { serial, authority, notAfter, time: now, reason: 'superseded' });
    await writeCrls(directory, now);
    throw error;
  }
  return renewed;
}

function readCertificate(certificate: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new PkiError('INVALID', 'the certificate cannot be read', 'give PEM text that begins with "-----BEGIN CERTIFICATE-----"', cause);
  }
}

function digest({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex');
}
