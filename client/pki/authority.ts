import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyAlgorithm, keyPem, signingAlgorithm } from '../../proto/certificate-request.js';
import { certificateBlocks, pinOf } from '../../proto/pem.js';
import { loadX509 } from '../../proto/x509.js';
import { makePrivateDirectory, readIfThere, readKey, writeWhole } from './files.js';
import { PkiError } from './pki-error.js';
import { freshSerial } from './serial.js';

/** A certificate authority; there are two of them during a rotation. */
export interface Authority {
  /** First 16 hexadecimal digits of its pin: names the file of its key. */
  readonly id: string;
  /** 1 for the first one of a directory, one more with each rotation. */
  readonly generation: number;
  readonly certificate: X509Certificate;
  readonly pem: string;
  /** SHA-256 of its public key, "sha256:…". */
  readonly pin: string;
}

/** How an authority shall be. */
export interface AuthorityOptions {
  /** Organization in its subject. */
  readonly name: string;
  readonly lifetimeMs: number;
  readonly now: Date;
}

/** Certificates hold from a little earlier: clocks of hosts differ. */
export const backdateMs: number = 5 * 60_000;

/** Every authority that is trusted now; the first one signs. This one file decides, so that no interrupted step leaves half of a change. */
export function bundlePath(directory: string): string {
  return join(directory, 'bundle.pem');
}

/** The private key of an authority. */
export function authorityKeyPath(directory: string, { id }: Pick<Authority, 'id'>): string {
  return join(directory, `ca-key-${id}.pem`);
}

/**
 * Makes the authority of a directory.
 *
 * @throws PkiError EXISTS when it has one
 */
export async function initAuthority(directory: string, options: AuthorityOptions): Promise<Authority> {
  if (existsSync(bundlePath(directory))) throw alreadyThere(directory);
  await makePrivateDirectory(directory);
  const authority = await createAuthority(directory, 1, options);
  try {
    await writeWhole(bundlePath(directory), authority.pem);
  } catch (error) {
    await rm(authorityKeyPath(directory, authority), { force: true });
    throw error instanceof PkiError && error.code === 'EXISTS' ? alreadyThere(directory) : error;
  }
  return authority;
}

function alreadyThere(directory: string): PkiError {
  return new PkiError(
    'EXISTS',
    `"${directory}" has an authority already`,
    'go on with it, replace it by "routefleet pki rotate begin", or give another --pki-dir',
  );
}

/** Makes a key and a certificate for it. Nothing trusts it before it stands in the bundle. */
export async function createAuthority(
  directory: string,
  generation: number,
  { name, lifetimeMs, now }: AuthorityOptions,
): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const subjectKey = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: freshSerial(),
    // Two authorities never share a subject: revocation lists are found by it.
    name: [{ O: [name] }, { CN: [`CA ${generation} ${subjectKey.keyId.slice(0, 8)}`] }],
    keys,
    notBefore: wholeSeconds(now.getTime() - backdateMs),
    notAfter: wholeSeconds(now.getTime() + lifetimeMs),
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      subjectKey,
    ],
  });
  const authority = authorityOf(`${certificate.toString('pem')}\n`);
  await writeWhole(authorityKeyPath(directory, authority), await keyPem(keys.privateKey), { mode: 0o600 });
  return authority;
}

/** Certificates know no fractions of a second. */
export function wholeSeconds(timeMs: number): Date {
  return new Date(Math.floor(timeMs / 1000) * 1000);
}

/**
 * Every authority that is trusted now; the first one signs.
 *
 * @throws PkiError NO_AUTHORITY, DAMAGED
 */
export async function readAuthorities(directory: string): Promise<readonly [Authority, ...Authority[]]> {
  const path = bundlePath(directory);
  const text = await readIfThere(path);
  if (text === undefined) {
    throw new PkiError('NO_AUTHORITY', `there is no authority in "${directory}"`, 'make one with "routefleet pki init", or give --pki-dir');
  }
  try {
    const [signer, ...others] = certificateBlocks(text).map(authorityOf);
    if (signer !== undefined) return [signer, ...others];
  } catch (cause) {
    throw damagedBundle(path, cause);
  }
  throw damagedBundle(path);
}

function damagedBundle(path: string, cause?: unknown): PkiError {
  return new PkiError('DAMAGED', `"${path}" does not hold certificates of this authority`, 'restore it from a backup', cause);
}

function authorityOf(pem: string): Authority {
  const certificate = new X509Certificate(pem);
  const [, generation] = /^CN=CA (\d+) /m.exec(certificate.subject) ?? [];
  if (generation === undefined) throw new Error(`an authority of others: ${certificate.subject}`);
  const pin = pinOf(certificate);
  return { id: pin.slice('sha256:'.length, 'sha256:'.length + 16), generation: Number(generation), certificate, pem, pin };
}

/** Puts these in place of all that was trusted; the first one signs. */
export async function writeAuthorities(directory: string, authorities: readonly Authority[]): Promise<void> {
  await writeWhole(bundlePath(directory), authorities.map(({ pem }) => pem).join(''), { replace: true });
}

/**
 * The key with which an authority signs.
 *
 * @throws PkiError KEY_TOO_OPEN, UNUSABLE, DAMAGED
 */
export async function readSigningKey(directory: string, authority: Authority): Promise<webcrypto.CryptoKey> {
  const path = authorityKeyPath(directory, authority);
  const pem = await readKey(path);
  try {
    const key = createPrivateKey(pem);
    if (!authority.certificate.checkPrivateKey(key)) throw new Error(`of another key: ${createPublicKey(key).asymmetricKeyType}`);
    return await webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), keyAlgorithm, false, ['sign']);
  } catch (cause) {
    throw new PkiError('DAMAGED', `"${path}" is not the key of the authority ${authority.id}`, 'restore it from a backup', cause);
  }
}
