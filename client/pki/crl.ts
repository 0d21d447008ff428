import { join } from 'node:path';
import type { X509Crl, X509CrlEntryParams } from '@peculiar/x509';
import { signingAlgorithm } from '../../proto/certificate-request.js';
import { loadX509, type X509 } from '../../proto/x509.js';
import { type Authority, readAuthorities, readSigningKey, wholeSeconds } from './authority.js';
import { readIfThere, writeWhole } from './files.js';
import { type Revocation, type RevocationReason, readRevocations } from './issued-list.js';
import { PkiError } from './pki-error.js';

/** How long a list holds: whoever cannot get a newer one until then may refuse everybody. */
export const crlLifetimeMs: number = 30 * 86_400_000;

const crlNumber = '2.5.29.20';
const reasonCode = '2.5.29.21';
/** @see https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1 */
const reasonNumbers: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
};
const pemCrl = /-----BEGIN X509 CRL-----[\s\S]*?-----END X509 CRL-----/g;

/** Times of the revocation list of one authority. */
export interface CrlTimes {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Certificates in it. */
  readonly revoked: number;
}

/** The revocation lists of all authorities that are trusted, PEM. */
export function crlPath(directory: string): string {
  return join(directory, 'crl.pem');
}

/**
 * Signs the revocation list of every authority anew.
 *
 * Several processes may do so at once: whoever wrote looks again whether the list still is what is recorded, so that the last one to write has
 * seen every revocation.
 */
export async function writeCrls(directory: string, now: Date): Promise<void> {
  for (let written: string | undefined; ; ) {
    const revocations = await readRevocations(directory);
    const state = revocations.map(({ serial }) => serial).join();
    if (state === written) return;
    await writeWhole(crlPath(directory), await signCrls(directory, revocations, now), { replace: true });
    written = state;
  }
}

async function signCrls(directory: string, revocations: readonly Revocation[], now: Date): Promise<string> {
  const x509 = await loadX509();
  const authorities = await readAuthorities(directory);
  const last = Math.max(0, ...(await readLists(directory, x509)).map((list) => numberOf(list)));
  // Without the earlier list the time keeps the numbers growing.
  const number = Math.max(last + 1, Math.floor(now.getTime() / 1000));
  const lists: string[] = [];
  for (const authority of authorities) {
    const key = await readSigningKey(directory, authority);
    const list = await x509.X509CrlGenerator.create({
      issuer: new x509.X509Certificate(authority.pem).subjectName,
      thisUpdate: wholeSeconds(now.getTime()),
      nextUpdate: wholeSeconds(now.getTime() + crlLifetimeMs),
      entries: entriesOf(authority, revocations, now, x509),
      signingKey: key,
      signingAlgorithm,
      extensions: [
        await x509.AuthorityKeyIdentifierExtension.create(new x509.X509Certificate(authority.pem).publicKey),
        new x509.Extension(crlNumber, false, derInteger(number)),
      ],
    });
    lists.push(pemOf(list));
  }
  return lists.join('');
}

/** A certificate stays in the list for a while after its end: a reader's clock may be behind. */
function entriesOf({ id }: Authority, revocations: readonly Revocation[], now: Date, { Extension }: X509): X509CrlEntryParams[] {
  return revocations
    .filter(({ authority, notAfter }) => authority === id && notAfter.getTime() + crlLifetimeMs > now.getTime())
    .map(({ serial, time, reason }) => ({
      serialNumber: serial,
      revocationDate: wholeSeconds(time.getTime()),
      // Also "unspecified", for which RFC 5280 would rather have none: the library writes an empty list of extensions then, which is no DER.
      extensions: [new Extension(reasonCode, false, Buffer.of(0x0a, 1, reasonNumbers[reason]))],
    }));
}

/** OpenSSL knows it by another label than the library writes. */
function pemOf(list: X509Crl): string {
  return `${list.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`;
}

function derInteger(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const content = bytes.readUInt8(0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(2, content.length), content]);
}

function numberOf(list: X509Crl): number {
  const extension = list.getExtension(crlNumber);
  return extension === null ? 0 : Number(`0x${Buffer.from(extension.value).subarray(2).toString('hex')}`);
}

async function readLists(directory: string, x509: X509): Promise<readonly X509Crl[]> {
  const text = (await readIfThere(crlPath(directory))) ?? '';
  try {
    return (text.match(pemCrl) ?? []).map((pem) => new x509.X509Crl(pem));
  } catch {
    // It is made anew from what is recorded.
    return [];
  }
}

/** The text of the revocation lists, made when there are none or the first one is past the half of its time. */
export async function currentCrls(directory: string, now: Date): Promise<string> {
  const lists = await readLists(directory, await loadX509());
  const authorities = await readAuthorities(directory);
  const fresh =
    lists.length === authorities.length && lists.every(({ thisUpdate }) => thisUpdate.getTime() + crlLifetimeMs / 2 > now.getTime());
  if (!fresh) await writeCrls(directory, now);
  const text = await readIfThere(crlPath(directory));
  if (text !== undefined) return text;
  throw new PkiError('UNUSABLE', `"${crlPath(directory)}" is gone`, 'sign it anew with "routefleet pki crl"');
}

/** When the revocation lists were signed and when they end, one for each authority. */
export async function readCrlTimes(directory: string): Promise<readonly CrlTimes[]> {
  const lists = await readLists(directory, await loadX509());
  return lists.map(({ thisUpdate, nextUpdate = thisUpdate, entries }) => ({ thisUpdate, nextUpdate, revoked: entries.length }));
}
