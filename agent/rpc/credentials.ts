import type { SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import type { TlsMaterial } from '../access/security-files.js';
import { http2Limits, tlsLimits } from './http2-limits.js';

/** Mutual TLS 1.3: a client without a certificate of the authority is turned away in the handshake. */
export class MutualTlsCredentials extends ServerCredentials {
  constructor(material: TlsMaterial) {
    super({ requestCert: true, rejectUnauthorized: true, ...tlsLimits, ...http2Limits }, secureContextOf(material));
  }

  /** For connections that are made from now on; those that are open stay as they are. */
  replace(material: TlsMaterial): void {
    this.updateSecureContextOptions(secureContextOf(material));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function secureContextOf({ certificate, key, ca }: TlsMaterial): SecureContextOptions {
  return { cert: certificate, key, ca, minVersion: 'TLSv1.3' };
}
