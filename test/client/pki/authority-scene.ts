import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuthorityOptions, initAuthority } from '../../../client/pki/authority.js';
import { checkRequest, type RequestedSubject } from '../../../client/pki/check-request.js';
import { writeCrls } from '../../../client/pki/crl.js';
import { issueCertificate } from '../../../client/pki/issue.js';
import type { IssuedCertificate } from '../../../client/pki/issued-list.js';
import { PkiError } from '../../../client/pki/pki-error.js';
import { createCertificateRequest } from '../../../proto/certificate-request.js';
import { createTemporaryDirectory } from '../../support/temporary.js';

export const dayMs: number = 86_400_000;
/** Of {@link createAuthorityScene}, for ten years. */
export const authorityOptions: AuthorityOptions = { name: 'Example Net', lifetimeMs: 3650 * dayMs, now: new Date() };

/** An authority in a temporary directory. */
export interface AuthorityScene {
  /** For what is made beside the authority. */
  readonly directory: string;
  readonly pki: string;
  close(): Promise<void>;
}

/** Makes one, with its empty revocation list. */
export async function createAuthorityScene(): Promise<AuthorityScene> {
  const directory = await createTemporaryDirectory('pki');
  const pki = join(directory, 'pki');
  await initAuthority(pki, authorityOptions);
  await writeCrls(pki, authorityOptions.now);
  return { directory, pki, close: () => rm(directory, { recursive: true, force: true }) };
}

/** A certificate with the key that was made for it. */
export interface Identity extends IssuedCertificate {
  readonly key: string;
}

/** Makes a key and has it certified. */
export async function makeIdentity(
  pki: string,
  subject: RequestedSubject,
  { now = new Date(), lifetimeMs = 90 * dayMs }: { readonly now?: Date; readonly lifetimeMs?: number } = {},
): Promise<Identity> {
  const { key, request } = await createCertificateRequest(subject);
  const publicKey = await checkRequest(request, subject);
  return { ...(await issueCertificate(pki, { subject, publicKey, lifetimeMs, now })), key };
}

/** The PkiError that a promise ends with; anything else fails the test. */
export async function refusal(run: Promise<unknown>): Promise<PkiError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof PkiError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
