import { readFile } from 'node:fs/promises';
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
 * @throws RouteError INVALID_ARGUMENT / INVALID_CREDENTIALS when one cannot be read
 */
export async function readTlsFiles({ ca, certificate, key }: TlsFiles): Promise<TlsOptions> {
  const [caPem, certificatePem, keyPem] = await Promise.all([
    readPem('CA certificate', ca),
    readPem('client certificate', certificate),
    readPem('client key', key),
  ]);
  return { ca: caPem, certificate: certificatePem, key: keyPem };
}

async function readPem(subject: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new RouteError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CREDENTIALS',
      message: `the ${subject} "${path}" cannot be read (${code})`,
      remedy: 'check the path and that this user may read the file',
      cause,
    });
  }
}
