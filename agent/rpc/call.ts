import type { AuthContext } from '@grpc/grpc-js/build/src/auth-context.js';
import type { Caller } from '../commits/change.js';
import { RouteTableError } from '../routes/errors.js';
import type { Connections } from './connections.js';

/** What a handler may know of the call that it serves. */
export interface Call {
  readonly caller: Caller;
  /** Aborted, with an error as reason, when the client leaves. */
  readonly signal: AbortSignal;
}

/** The part of a grpc-js call that tells who is there. */
export interface CallOfGrpc {
  getPeer(): string;
  getAuthContext(): AuthContext;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Who calls, and whether they still wait. */
export function describeCall(call: CallOfGrpc, connections: Connections): Call {
  const controller = new AbortController();
  call.on('cancelled', () =>
    controller.abort(
      new RouteTableError('CANCELLED', 'the caller ended the call', { remedy: 'send the change again, if it is still wanted' }),
    ),
  );
  return { caller: { actor: identityOf(call.getAuthContext()), ...connections.callFrom(call.getPeer()) }, signal: controller.signal };
}

/** The identity in a client certificate: its first URI, else its first DNS name, else its common name; empty without a certificate. */
function identityOf({ sslPeerCertificate }: AuthContext): string {
  if (sslPeerCertificate === undefined) return '';
  const names = (sslPeerCertificate.subjectaltname ?? '').split(', ');
  const named = (kind: string): string | undefined => names.find((name) => name.startsWith(kind))?.slice(kind.length);
  const commonName: string | string[] | undefined = sslPeerCertificate.subject?.CN;
  return named('URI:') ?? named('DNS:') ?? (Array.isArray(commonName) ? commonName[0] : commonName) ?? '';
}
