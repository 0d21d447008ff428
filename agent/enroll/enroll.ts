import { X509Certificate } from 'node:crypto';
import { createCertificateRequest } from '../../proto/certificate-request.js';
import { enrolmentPaths } from '../../proto/enrolment.js';
import { findingOf } from './check-answer.js';
import { installEnrolment } from './enrolment-files.js';
import { findPinnedCa } from './pinned-ca.js';
import { badAnswer, postEnrolment } from './post.js';
import { formatServer, type ServerAddress } from './server-address.js';

/** How to enroll. */
export interface EnrollOptions {
  readonly server: ServerAddress;
  /** "sha256:" and 64 hexadecimal digits. */
  readonly pin: string;
  readonly token: string;
  /** Of this host, canonical. */
  readonly name: string;
  readonly stateDirectory: string;
  /** For each of the two connections. Default 15,000. */
  readonly timeoutMs?: number;
}

/** What an enrolment gave. */
export interface Enrolment {
  readonly name: string;
  readonly notAfter: Date;
}

/**
 * Gets a certificate for this host, and keeps it in the state directory. The key is made here and goes nowhere. The first connection only shows whether
 * the pinned CA stands behind the server; token and request go over a second one, which trusts that CA alone.
 *
 * @throws EnrollError
 */
export async function enroll({ server, pin, token, name, stateDirectory, timeoutMs = 15_000 }: EnrollOptions): Promise<Enrolment> {
  const ca = await findPinnedCa({ ...server, pin, timeoutMs });
  const { key, request } = await createCertificateRequest({ kind: 'agent', name });
  const answer = await postEnrolment({ server, path: enrolmentPaths.enroll, body: { token, request }, tls: { ca }, timeoutMs });
  const finding = findingOf(answer, { name, key, now: Date.now() });
  if (finding !== undefined) throw badAnswer(server, finding);
  const enrolment = `${JSON.stringify({ server: formatServer(server), name }, null, 2)}\n`;
  await installEnrolment(stateDirectory, { ...answer, key, enrolment });
  return { name, notAfter: new Date(new X509Certificate(answer.certificate).validTo) };
}
