import { readFile } from 'node:fs/promises';
import type { EnrolmentAnswer } from '../../proto/enrolment.js';
import { bundlePath } from '../pki/authority.js';
import { checkRequest } from '../pki/check-request.js';
import { currentCrls } from '../pki/crl.js';
import { issueCertificate } from '../pki/issue.js';
import type { IssuedCertificate } from '../pki/issued-list.js';
import { findValid, renew } from '../pki/renew.js';
import { EnrolmentError } from './enrolment-error.js';
import { consumeToken, findToken } from './tokens.js';

/** A certificate, and how it is answered. */
export interface Enrolled {
  readonly issued: IssuedCertificate;
  readonly answer: EnrolmentAnswer;
}

/** How certificates are made. */
export interface EnrolOptions {
  readonly lifetimeMs: number;
  readonly now: Date;
}

/**
 * Gives the host of a token its certificate. A request that is refused for what it says leaves the token as it is; after that the token is used up
 * first, so that it never gives two.
 *
 * @throws EnrolmentError, PkiError
 */
export async function enrollAgent(
  pki: string,
  { token: secret, request }: { readonly token: string; readonly request: string },
  { lifetimeMs, now }: EnrolOptions,
): Promise<Enrolled> {
  const token = await findToken(pki, secret);
  if (token === undefined) {
    throw new EnrolmentError('TOKEN_UNKNOWN', 'there is no such token', 'check it, or ask for one: "routefleet enroll token create"');
  }
  if (token === 'used') throw used();
  if (token.expireTime <= now) {
    const message = `the token for ${token.name} ended on ${token.expireTime.toISOString()}`;
    throw new EnrolmentError('TOKEN_EXPIRED', message, 'ask for another one: "routefleet enroll token create"');
  }
  const subject = { ...token, kind: 'agent' } as const;
  const publicKey = await checkRequest(request, subject);
  if (!(await consumeToken(pki, token))) throw used();
  return answerOf(pki, await issueCertificate(pki, { subject, publicKey, lifetimeMs, now }), now);
}

function used(): EnrolmentError {
  return new EnrolmentError(
    'TOKEN_USED',
    'the token was used',
    'ask for another one; if it was not this host that used it, have its certificate revoked',
  );
}

/**
 * Gives an agent a new certificate with the names of its old one.
 *
 * @param certificate - with which it proved who it is, DER
 * @throws EnrolmentError, PkiError
 */
export async function renewAgent(
  pki: string,
  certificate: Buffer,
  { request }: { readonly request: string },
  { lifetimeMs, now }: EnrolOptions,
): Promise<Enrolled> {
  const { kind, name } = await findValid(pki, certificate, now);
  if (kind !== 'agent') {
    const remedy = 'renew it where the authority is: "routefleet pki renew"';
    throw new EnrolmentError('NOT_AN_AGENT', `the certificate is of the ${kind} "${name}", and agents alone renew here`, remedy);
  }
  return answerOf(pki, await renew(pki, certificate, { request, lifetimeMs, now }), now);
}

async function answerOf(pki: string, issued: IssuedCertificate, now: Date): Promise<Enrolled> {
  const [ca, crl] = await Promise.all([readFile(bundlePath(pki), 'utf8'), currentCrls(pki, now)]);
  return { issued, answer: { certificate: issued.certificate, ca, crl } };
}
