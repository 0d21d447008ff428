import { generateKeyPairSync } from 'node:crypto';
import { isIP } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { readAuthorities } from '../pki/authority.js';
import { issueCertificate } from '../pki/issue.js';

/** The server lives beside the key of the authority: it makes its certificates itself, and keeps none. */
const lifetimeMs = 7 * 86_400_000;

/** What the enrolment server shows, and whom it trusts. */
export interface ServerIdentity {
  readonly context: SecureContextOptions;
  /** Whether it still is what the authority would make now. */
  isCurrent(now: Date): Promise<boolean>;
}

/** Makes a certificate for a server that is reached under these names and addresses, followed by the authority that signed it: clients pin that. */
export async function makeServerIdentity(pki: string, names: readonly string[], now: Date): Promise<ServerIdentity> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authorities = await readAuthorities(pki);
  const { certificate, notAfter } = await issueCertificate(pki, {
    subject: {
      kind: 'server',
      name: 'enrolment',
      dnsNames: names.filter((name) => isIP(name) === 0),
      ipAddresses: names.filter((name) => isIP(name) !== 0),
    },
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    lifetimeMs,
    now,
  });
  const trusted = authorities.map(({ pem }) => pem).join('');
  return {
    context: {
      minVersion: 'TLSv1.3',
      cert: certificate + authorities[0].pem,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      ca: trusted,
    },
    async isCurrent(time) {
      const text = (await readAuthorities(pki)).map(({ pem }) => pem).join('');
      return text === trusted && notAfter.getTime() - time.getTime() > lifetimeMs / 2;
    },
  };
}
