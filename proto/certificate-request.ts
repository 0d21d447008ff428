import { webcrypto } from 'node:crypto';
import { type Identity, identityUri } from './identity.js';
import { loadX509 } from './x509.js';

/** A new private key, and what an authority needs to certify it. */
export interface CertificateRequest {
  /** PKCS #8, PEM. */
  readonly key: string;
  /** PKCS #10, PEM. */
  readonly request: string;
}

/** Keys of every certificate that is made here. */
export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** How they sign. */
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Makes a key (ECDSA P-256) and a request for a certificate of this identity. */
export async function createCertificateRequest(identity: Identity): Promise<CertificateRequest> {
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await loadX509();
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [identity.name] }],
    keys,
    signingAlgorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'url', value: identityUri(identity) }])],
  });
  return { key: await keyPem(keys.privateKey), request: `${request.toString('pem')}\n` };
}

/** PKCS #8, PEM. */
export async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
