import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isOpenToAll, modeText } from '../../proto/private-mode.js';
import { RouteError } from '../errors/route-error.js';
import type { TlsOptions } from './credentials.js';

/** Paths of PEM files. */
export interface TlsFiles {
  /** CA certificates. */
  readonly ca: string;
  /** Certificate of this side. */
  readonly certificate: string;
  /** Its private key. */
  readonly key: string;
}

/**
 * Reads PEM files for `connect({ tls })` or `createCredentials`.
 *
 * @throws RouteError INVALID_ARGUMENT / INVALID_CREDENTIALS when one cannot be read, everybody on this machine can use the key (Windows: not looked
 *   at), or no agent could accept the certificate now
 */
export async function readTlsFiles({ ca, certificate, key }: TlsFiles): Promise<TlsOptions> {
  const [caPem, certificatePem, keyPem] = await Promise.all([
    readPem('CA certificate', ca),
    readPem('client certificate', certificate),
    readPem('client key', key),
  ]);
  const { mode } = await stat(key);
  // What is no key is told when it is used.
  if (keyPem.includes('PRIVATE KEY-----') && isOpenToAll(mode)) throw invalid(openKeyText(key, mode), openKeyRemedy(key));
  checkDates(certificatePem, certificate);
  return { ca: caPem, certificate: certificatePem, key: keyPem };
}

/** What is wrong with a key that is open to everybody. */
export function openKeyText(path: string, mode: number): string {
  return `the client key "${path}" can be read or changed by everybody on this machine (mode ${modeText(mode)})`;
}

/** What to do about it. */
export function openKeyRemedy(path: string): string {
  return `run chmod 600 "${path}"; whoever may have read it can do what it may: revoke its certificate and make another one`;
}

/** An agent that refuses it can only close the connection, which says neither why nor whose fault it is. */
function checkDates(pem: Buffer, path: string): void {
  const certificate = readCertificate(pem);
  if (certificate === undefined) return;
  const { subject, validFrom, validTo } = certificate;
  const now = Date.now();
  const named = `the client certificate "${path}" (${subject.split('\n').at(-1) ?? ''})`;
  if (Date.parse(validTo) <= now) {
    throw invalid(`${named} expired on ${timeText(validTo)}`, 'renew it, or check the clock of this machine');
  }
  if (Date.parse(validFrom) > now) {
    throw invalid(`${named} is not valid before ${timeText(validFrom)}`, 'wait until then, or check the clock of this machine');
  }
}

/** Undefined: it is none, as is told when it is used. */
function readCertificate(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** "2026-11-23T15:49:17Z" */
function timeText(text: string): string {
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}

function invalid(message: string, remedy: string, cause?: unknown): RouteError {
  return new RouteError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CREDENTIALS', message, remedy, cause });
}

async function readPem(subject: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw invalid(`the ${subject} "${path}" cannot be read (${code})`, 'check the path and that this user may read the file', cause);
  }
}
