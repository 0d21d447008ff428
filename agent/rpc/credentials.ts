import { ServerCredentials } from '@grpc/grpc-js';

/** PEM texts of one side of mutual TLS. */
export interface TlsMaterial {
  /** Own certificate, followed by its intermediates. */
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authorities whose client certificates are let in. */
  readonly ca: Buffer;
}

/** Mutual TLS 1.3: a client without a certificate of the authority is turned away in the handshake. */
class MutualTlsCredentials extends ServerCredentials {
  constructor({ certificate, key, ca }: TlsMaterial) {
    super({ requestCert: true, rejectUnauthorized: true }, { cert: certificate, key, ca, minVersion: 'TLSv1.3' });
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** Credentials of the server; without material plaintext, which the configuration allows on loopback alone. */
export function createServerCredentials(tls: TlsMaterial | undefined): ServerCredentials {
  return tls === undefined ? ServerCredentials.createInsecure() : new MutualTlsCredentials(tls);
}
