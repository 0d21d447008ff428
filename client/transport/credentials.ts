import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { RouteError } from '../errors/route-error.js';

/** A PEM text, or its bytes. */
export type Pem = string | Buffer;

/** Who this side is, and whom it trusts. */
export interface TlsOptions {
  /** CA certificates that agents may be signed by. */
  readonly ca: Pem;
  /** Certificate of this side, followed by intermediate ones if it has any. */
  readonly certificate: Pem;
  /** Private key of `certificate`. */
  readonly key: Pem;
  /** Name that the agent's certificate must hold. Default: the host that is connected to. */
  readonly serverName?: string | undefined;
}

/** Certificate, key and CA, read once and shared by any number of connections. Made by {@link createCredentials}. */
export interface ClientCredentials {
  /** TLS 1.3 only. */
  readonly secureContext: SecureContext;
}

/**
 * Checks and reads certificate, key and CA, for `connect({ credentials })`. With many connections this saves one TLS context for each.
 *
 * @throws RouteError INVALID_ARGUMENT / INVALID_CREDENTIALS
 */
export function createCredentials({ ca, certificate, key }: Omit<TlsOptions, 'serverName'>): ClientCredentials {
  const parsed = attempt('the client certificate', certificateRemedy, () => new X509Certificate(certificate));
  const privateKey = attempt('the client key', keyRemedy, () => createPrivateKey(key));
  attempt('the CA certificate', certificateRemedy, () => new X509Certificate(ca));
  if (!parsed.checkPrivateKey(privateKey)) {
    throw invalid('the client key does not belong to the client certificate', 'give the key with which the certificate was made');
  }
  return {
    secureContext: attempt('the TLS material', certificateRemedy, () =>
      createSecureContext({ ca, cert: certificate, key, minVersion: 'TLSv1.3' }),
    ),
  };
}

const certificateRemedy = 'give PEM text that begins with "-----BEGIN CERTIFICATE-----"';
const keyRemedy = 'give PEM text that begins with "-----BEGIN PRIVATE KEY-----", without a passphrase';

function attempt<T>(subject: string, remedy: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw invalid(`${subject} cannot be read`, remedy, cause);
  }
}

function invalid(message: string, remedy: string, cause?: unknown): RouteError {
  return new RouteError({ code: 'INVALID_ARGUMENT', reason: 'INVALID_CREDENTIALS', message, remedy, cause });
}
