import type { Gatekeeper } from '../access/gatekeeper.js';
import { type CallLimits, kindOf } from '../access/limits.js';
import type { PeerIdentity } from '../access/peer-identity.js';
import { rpcOf } from '../access/rpc-rights.js';
import { fullGrant, type Grant } from '../commits/grant.js';
import { RouteTableError } from '../routes/errors.js';
import { type Call, type CallOfGrpc, identityIn } from './call.js';
import type { Connections } from './connections.js';
import { LazyAbort } from './lazy-abort.js';

/** A call that may be made. */
export interface AdmittedCall extends Call {
  /** Aborted, with an error as reason, when the client leaves. */
  readonly left: LazyAbort;
  /** Aborted, with an error as reason, when the caller may not go on. */
  readonly denied: LazyAbort;
  /** To be called when the call has ended, however it did. */
  done(): void;
}

/** Lets calls in, and ends those that may not go on. */
export interface Admission {
  /** @throws RouteTableError NOT_AUTHORIZED, CERTIFICATE_REVOKED, CERTIFICATE_EXPIRED or RATE_LIMITED */
  admit(call: CallOfGrpc): AdmittedCall;
  close(): void;
}

/** How often running calls are looked at for certificates that expired, in ms; new rules are held against them at once. */
const lookIntervalMs = 1000;

/** @param gatekeeper - undefined: plaintext on loopback, where everybody may do everything */
export function createAdmission(gatekeeper: Gatekeeper | undefined, connections: Connections, limits: CallLimits): Admission {
  const running = new Set<() => void>();
  const lookAtAll = (): void => {
    for (const look of [...running]) look();
  };
  gatekeeper?.onReplaced(lookAtAll);
  const timer = gatekeeper && setInterval(lookAtAll, lookIntervalMs).unref();

  return {
    admit(call) {
      const identity = identityIn(call);
      const rpc = rpcOf(call.getPath());
      const decide = (): Grant => (gatekeeper === undefined ? fullGrant : gatekeeper.decide(rpc, identity ?? nobody));
      const grant = decide();
      const peer = call.getPeer();
      const worked = limits.work(connections.accountOf(peer, () => identity?.name) ?? peer, kindOf(rpc));
      const [left, denied, either] = [new LazyAbort(), new LazyAbort(), new LazyAbort()];
      call.on('cancelled', () => {
        left.abort(callerLeft);
        either.abort(() => left.reason);
      });
      const look = (): void => {
        try {
          decide();
        } catch (error) {
          running.delete(look);
          denied.abort(() => error);
          either.abort(() => error);
        }
      };
      running.add(look);
      return {
        caller: { actor: identity?.name ?? '', grant, ...connections.callFrom(peer) },
        get signal() {
          return either.signal;
        },
        left,
        denied,
        done() {
          running.delete(look);
          worked();
        },
      };
    },
    close: () => clearInterval(timer),
  };
}

/** The handshake lets nobody in without a certificate; whoever comes without one nevertheless has no name that a rule could fit. */
const nobody: PeerIdentity = { name: '', serialNumber: '', issuer: '', notAfter: Number.POSITIVE_INFINITY };

function callerLeft(): RouteTableError {
  return new RouteTableError('CANCELLED', 'the caller ended the call', { remedy: 'send the change again, if it is still wanted' });
}
