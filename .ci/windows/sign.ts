import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A certificate for signing code. */
export interface Signing {
  /** PEM file: the certificate, then those between it and its root. */
  readonly certificate: string;
  /** PEM file. */
  readonly key: string;
  /** File with the password of the key. */
  readonly passwordFile?: string | undefined;
  /** RFC 3161 server: signatures without a time end with the certificate. */
  readonly timestampUrl?: string | undefined;
}

/** Signs an executable or an MSI in place (Authenticode, SHA-256). @throws with what osslsigncode says */
export async function sign(path: string, { certificate, key, passwordFile, timestampUrl }: Signing): Promise<void> {
  const signed = `${path}.signed`;
  await promisify(execFile)('osslsigncode', [
    ...['sign', '-h', 'sha256', '-certs', certificate, '-key', key, '-n', 'routefleet agent'],
    ...(passwordFile === undefined ? [] : ['-readpass', passwordFile]),
    ...(timestampUrl === undefined ? [] : ['-ts', timestampUrl]),
    ...['-in', path, '-out', signed],
  ]);
  await rename(signed, path);
}
