import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { ConfigError } from '../config-error.js';
import { exposureOf } from '../host/private-file.js';
import type { AccessRules } from './decide.js';
import { parsePolicy } from './policy.js';
import { authoritiesIn, noRevocations, parseRevocations, type Revocations } from './revocations.js';

/** PEM texts of one side of mutual TLS. */
export interface TlsMaterial {
  /** Own certificate, followed by its intermediates. */
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authorities whose client certificates are let in. */
  readonly ca: Buffer;
}

/** Everything that decides who gets in, and what they may do. */
export interface Security {
  readonly tls: TlsMaterial;
  readonly rules: AccessRules;
  /** What is not wrong, but should be seen to; for people. */
  readonly warnings: readonly string[];
}

/** It, as it was in files. */
export interface LoadedSecurity extends Security {
  /** {@link stateOf} the files before they were read: what differs from it came later. */
  readonly state: string;
  /** `warnings` at another time, in milliseconds since 1970: what holds when it is read may end while the agent runs. */
  warningsAt(now: number): readonly string[];
}

/** Paths, as the settings have them. */
export interface SecurityFiles {
  readonly tlsCertificate: string;
  readonly tlsKey: string;
  readonly tlsCa: string;
  readonly authorization: string;
  /** Undefined: no certificate is taken back. */
  readonly tlsCrl?: string | undefined;
}

/**
 * Reads and checks all files together: a half of the old ones and a half of the new ones is nothing.
 *
 * @param now - milliseconds since 1970
 * @throws ConfigError with the setting, the file and what to do
 */
export async function loadSecurity(files: SecurityFiles, now: number = Date.now()): Promise<LoadedSecurity> {
  const { tlsCertificate, tlsKey, tlsCa, tlsCrl, authorization } = files;
  const state = await stateOf(files);
  // One after the other: when several are wrong, the same one is always told first.
  const certificate = await readPem('--tls-certificate', tlsCertificate);
  const key = await readKey('--tls-key', tlsKey);
  const ca = await readPem('--tls-ca', tlsCa);
  const own = parseCertificate('--tls-certificate', tlsCertificate, certificate);
  parseCertificate('--tls-ca', tlsCa, ca);
  const authorities = authoritiesIn(String(ca), tlsCa);
  checkPair(files, own, key);
  const revocations =
    tlsCrl === undefined ? noRevocations : await parseRevocations(String(await readFileOf('--tls-crl', tlsCrl)), tlsCrl, String(ca));
  const policy = parsePolicy(String(await readFileOf('--authorization', authorization)), authorization);
  return {
    tls: { certificate, key, ca },
    rules: { policy, isRevoked: revocations.isRevoked, authorities },
    warnings: warningsOf(own, revocations, now),
    state,
    warningsAt: (later) => warningsOf(own, revocations, later),
  };
}

/** Names the content of the files as far as a file system tells without reading. */
export async function stateOf(files: SecurityFiles): Promise<string> {
  const paths = Object.values(files).filter((path) => path !== undefined);
  const states = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs, mode }) => `${ino} ${size} ${mtimeNs} ${mode}`,
        (error: NodeJS.ErrnoException) => `${error.code}`,
      ),
    ),
  );
  return states.join('\n');
}

async function readFileOf(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ConfigError(`${setting}: ${(cause as Error).message}`, 'check the path, and that the agent may read it', cause);
  }
}

async function readPem(setting: string, path: string): Promise<Buffer> {
  const pem = await readFileOf(setting, path);
  if (!pem.includes('-----BEGIN ')) {
    throw new ConfigError(`${setting}: ${path} is not a PEM file`, 'give a file that begins with "-----BEGIN"');
  }
  // OpenSSL would leave out all that follows, and say nothing.
  if (!pem.includes('----------BEGIN ')) return pem;
  throw new ConfigError(`${setting}: in ${path} one block ends and another begins on the same line`, 'put a line break between them');
}

async function readKey(setting: string, path: string): Promise<Buffer> {
  const pem = await readPem(setting, path);
  const exposure = await exposureOf(path, (await stat(path)).mode);
  if (exposure === undefined) return pem;
  throw new ConfigError(`${setting}: ${exposure.message}`, exposure.remedy);
}

function parseCertificate(setting: string, path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ConfigError(`${setting}: ${path} holds no certificate: ${(cause as Error).message}`, 'give a certificate in PEM', cause);
  }
}

function checkPair({ tlsCertificate, tlsKey }: SecurityFiles, certificate: X509Certificate, key: Buffer): void {
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    const remedy = 'give a private key in PEM, without a password';
    throw new ConfigError(`--tls-key: ${tlsKey} holds no key that can be used: ${(cause as Error).message}`, remedy, cause);
  }
  if (fits) return;
  throw new ConfigError(`--tls-key: ${tlsKey} is not the key of the certificate ${tlsCertificate}`, 'give both files of one pair');
}

function warningsOf(own: X509Certificate, { nextUpdate }: Revocations, now: number): string[] {
  const warnings: string[] = [];
  const notAfter = Date.parse(own.validTo);
  if (now >= notAfter) warnings.push(`the own certificate expired at ${new Date(notAfter).toISOString()}: no client will connect`);
  if (nextUpdate !== undefined && now >= nextUpdate) {
    warnings.push(`the revocation list should have been replaced by ${new Date(nextUpdate).toISOString()}; it still holds`);
  }
  return warnings;
}
