import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { EnrolmentAnswer } from '../../proto/enrolment.js';
import { identityUri } from '../../proto/identity.js';
import { certificateBlocks } from '../../proto/pem.js';

/** What a new certificate must fit. */
export interface ExpectedCertificate {
  /** Name of this host. */
  readonly name: string;
  /** Private key, PEM. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why an answer cannot take the place of the certificate that is there; undefined: it can. */
export function findingOf({ certificate, ca }: EnrolmentAnswer, { name, key, now }: ExpectedCertificate): string | undefined {
  try {
    const given = new X509Certificate(certificate);
    const names = given.subjectAltName?.split(', ') ?? [];
    if (!given.checkPrivateKey(createPrivateKey(key))) return 'the certificate is for another key';
    if (!names.includes(`URI:${identityUri({ kind: 'agent', name })}`)) return `the certificate is not for the agent "${name}"`;
    if (Date.parse(given.validTo) <= now) return `the certificate ended on ${given.validTo}`;
    const authorities = certificateBlocks(ca).map((pem) => new X509Certificate(pem));
    const signer = authorities.find((each) => each.ca && given.checkIssued(each) && given.verify(each.publicKey));
    return signer === undefined ? 'no CA that comes with it signed the certificate' : undefined;
  } catch {
    return 'a certificate cannot be read';
  }
}
