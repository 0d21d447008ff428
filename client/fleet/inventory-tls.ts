import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isOpenToAll } from '../../proto/private-mode.js';
import { openKeyRemedy, openKeyText, type TlsFiles } from '../transport/tls-files.js';

/** Something in an inventory that will fail, or soon. */
export interface Finding {
  readonly message: string;
  readonly remedy: string;
}

/** What was found in the TLS files of one host. */
export interface TlsReport {
  /** When the first of the certificates ends. Undefined: none could be read. */
  readonly validUntil?: Date | undefined;
  /** All three could be read and belong together: a connection can be tried with them. */
  readonly usable: boolean;
  readonly findings: readonly Finding[];
}

/** When a certificate is worth a finding. */
export interface TlsCheckOptions {
  readonly now: Date;
  /** Certificates that end within this time are found. */
  readonly expiresWithinDays: number;
}

interface Certificate {
  readonly what: string;
  readonly x509: X509Certificate;
}

const dayMs = 86_400_000;
const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Extended key usages under which a certificate identifies a client; without any it does as well.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12
 */
const clientUsages = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/**
 * Reads CA, certificate and key as a connection would, and finds what is wrong with them. Whether the client certificate comes from the same CA
 * is not asked: agents may trust another one than they are signed by.
 */
export async function checkTlsFiles({ ca, certificate, key }: TlsFiles, options: TlsCheckOptions): Promise<TlsReport> {
  const findings: Finding[] = [];

  /** What `parse` makes of a file, or undefined with a finding. */
  async function read<T>(what: string, parse: (pem: Buffer) => T, remedy: string, path: string): Promise<T | undefined> {
    const pem = await readFile(path).catch((error: NodeJS.ErrnoException) => error);
    if (pem instanceof Error) {
      const message = `the ${what} "${path}" cannot be read (${pem.code ?? 'unknown error'})`;
      findings.push({ message, remedy: 'check the path and that this user may read the file' });
      return undefined;
    }
    try {
      return parse(pem);
    } catch {
      findings.push({ message: `the ${what} "${path}" is none`, remedy });
      return undefined;
    }
  }

  // One after the other: the findings shall come in one order.
  const authorities = await read('CA certificate', certificatesIn, certificateRemedy, ca);
  const chain = await read('client certificate', certificatesIn, certificateRemedy, certificate);
  const privateKey = await read('client key', createPrivateKey as (pem: Buffer) => KeyObject, keyRemedy, key);
  const mode = privateKey === undefined ? 0 : (await stat(key)).mode;
  const isOpen = isOpenToAll(mode);
  if (isOpen) findings.push({ message: openKeyText(key, mode), remedy: openKeyRemedy(key) });
  const own = chain?.[0];
  const belongTogether = own !== undefined && privateKey !== undefined && own.checkPrivateKey(privateKey);
  if (own !== undefined && privateKey !== undefined && !belongTogether) {
    const message = `the client key "${key}" does not belong to the client certificate "${certificate}"`;
    findings.push({ message, remedy: 'give the key with which the certificate was made' });
  }
  if (own !== undefined && own.keyUsage !== undefined && !own.keyUsage.some((usage) => clientUsages.includes(usage))) {
    const message = `the client certificate "${certificate}" is not made for clients (extended key usage ${own.keyUsage.join(', ')})`;
    findings.push({ message, remedy: 'have one made with the extended key usage clientAuth; agents refuse this one' });
  }
  const certificates: Certificate[] = [
    ...(authorities ?? []).map((x509) => ({ what: `the CA certificate "${ca}"`, x509 })),
    ...(chain ?? []).map((x509, index) => ({ what: `the ${index === 0 ? 'client' : 'intermediate'} certificate "${certificate}"`, x509 })),
  ];
  findings.push(...certificates.flatMap((each) => timeFinding(each, options)));
  const ends = certificates.map(({ x509 }) => Date.parse(x509.validTo));
  return {
    validUntil: ends.length === 0 ? undefined : new Date(Math.min(...ends)),
    usable: authorities !== undefined && belongTogether && !isOpen,
    findings,
  };
}

const certificateRemedy = 'give a PEM file that begins with "-----BEGIN CERTIFICATE-----"';
const keyRemedy = 'give a PEM file that begins with "-----BEGIN PRIVATE KEY-----", without a passphrase';

/** @throws when there is none, or one that cannot be read */
function certificatesIn(pem: Buffer): readonly X509Certificate[] {
  const certificates = (pem.toString('latin1').match(pemCertificate) ?? []).map((text) => new X509Certificate(text));
  if (certificates.length === 0) throw new Error('no certificate');
  return certificates;
}

function timeFinding({ what, x509 }: Certificate, { now, expiresWithinDays }: TlsCheckOptions): Finding[] {
  const from = new Date(x509.validFrom);
  const until = new Date(x509.validTo);
  const leftMs = until.getTime() - now.getTime();
  const named = `${what} (${x509.subject.split('\n').at(-1) ?? ''})`;
  if (leftMs <= 0) return [{ message: `${named} expired on ${dateText(until)}`, remedy: 'replace it' }];
  if (from > now) {
    return [{ message: `${named} is not valid before ${from.toISOString()}`, remedy: 'wait until then, or set the clock of this machine' }];
  }
  if (leftMs > expiresWithinDays * dayMs) return [];
  const days = Math.floor(leftMs / dayMs);
  const left = days === 0 ? 'in less than a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return [{ message: `${named} expires ${left}, on ${dateText(until)}`, remedy: 'renew it in time' }];
}

function dateText(date: Date): string {
  return date.toISOString().slice(0, 10);
}
