import type { AuthContext } from '@grpc/grpc-js/build/src/auth-context.js';
import { identityOf, type PeerIdentity } from '../access/peer-identity.js';
import type { Caller } from '../commits/change.js';

/** What a handler may know of the call that it serves. */
export interface Call {
  readonly caller: Caller;
  /** Aborted, with an error as reason, when the client leaves or may not go on. */
  readonly signal: AbortSignal;
}

/** The part of a grpc-js call that tells who is there, and which call it is. */
export interface CallOfGrpc {
  getPath(): string;
  getPeer(): string;
  getAuthContext(): AuthContext;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Who is there, by the certificate of the connection. Undefined: it came without one. */
export function identityIn(call: Pick<CallOfGrpc, 'getAuthContext'>): PeerIdentity | undefined {
  const { sslPeerCertificate } = call.getAuthContext();
  return sslPeerCertificate && identityOf(sslPeerCertificate);
}
