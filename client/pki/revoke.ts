import { writeCrls } from './crl.js';
import { findIssued, type ListedCertificate, type RevocationReason, readIssued, recordRevocation } from './issued-list.js';
import { PkiError } from './pki-error.js';

/** Which certificates are meant: a serial number, or a name and, where it is not clear, the kind. */
export interface CertificateSelector {
  readonly nameOrSerial: string;
  readonly kind?: 'agent' | 'controller' | undefined;
}

/**
 * The certificates of a name, or the one of a serial number, the earliest first; also those that ended.
 *
 * @throws PkiError NOT_FOUND; INVALID when agents and controllers have the name
 */
export async function findCertificates(
  directory: string,
  { nameOrSerial, kind }: CertificateSelector,
): Promise<readonly [ListedCertificate, ...ListedCertificate[]]> {
  const bySerial = await findIssued(directory, nameOrSerial.replaceAll(':', ''));
  if (bySerial !== undefined) return [bySerial];
  const name = nameOrSerial.toLowerCase();
  const [first, ...rest] = (await readIssued(directory)).filter((each) => each.name === name && (kind === undefined || each.kind === kind));
  if (first === undefined) {
    throw new PkiError('NOT_FOUND', `no certificate has the name or serial number "${nameOrSerial}"`, 'see "routefleet pki list --ended"');
  }
  if (rest.every((each) => each.kind === first.kind)) return [first, ...rest];
  throw new PkiError('INVALID', `"${nameOrSerial}" is the name of an agent and of a controller`, 'add --kind agent or --kind controller');
}

/**
 * Revokes every certificate that is meant and has not ended, and signs the revocation lists anew. Those that were revoked before stay as they are.
 *
 * @returns what was revoked now
 * @throws PkiError as {@link findCertificates}
 */
export async function revoke(
  directory: string,
  selector: CertificateSelector,
  { reason, now }: { readonly reason: RevocationReason; readonly now: Date },
): Promise<readonly ListedCertificate[]> {
  const revoked: ListedCertificate[] = [];
  // Until there is nothing left: a renewal may be under way, and looks after its entry whether the old certificate was revoked.
  for (;;) {
    const left = (await findCertificates(directory, selector)).filter((each) => each.revoked === undefined && each.notAfter > now);
    if (left.length === 0) break;
    for (const { serial, authority, notAfter } of left)
      await recordRevocation(directory, { serial, authority, notAfter, time: now, reason });
    revoked.push(...left);
  }
  await writeCrls(directory, now);
  return revoked;
}
