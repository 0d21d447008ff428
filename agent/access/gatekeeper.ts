import type { Grant } from '../commits/grant.js';
import { RouteTableError } from '../routes/errors.js';
import { type AccessRules, decideAccess } from './decide.js';
import type { PeerIdentity } from './peer-identity.js';
import type { RpcName } from './rpc-rights.js';

/** Decides who may make which call, by rules that can be replaced while calls run. */
export interface Gatekeeper {
  /** @throws RouteTableError NOT_AUTHORIZED, CERTIFICATE_REVOKED or CERTIFICATE_EXPIRED */
  decide(rpc: RpcName | undefined, identity: PeerIdentity): Grant;
  replace(rules: AccessRules): void;
  /** Told whenever the rules were replaced. */
  onReplaced(listener: () => void): void;
}

/** @param now - milliseconds since 1970 */
export function createGatekeeper(initial: AccessRules, now: () => number = Date.now): Gatekeeper {
  let rules = initial;
  /** Authorities that are trusted no longer. Their connections are open still, and what they revoked stands in no list any more. */
  const gone = new Set<string>();
  const listeners: (() => void)[] = [];
  return {
    decide(rpc, identity) {
      if (gone.has(identity.issuer)) throw ofGoneAuthority(identity);
      return decideAccess(rules, rpc, identity, now());
    },
    replace(next) {
      for (const name of rules.authorities ?? []) gone.add(name);
      for (const name of next.authorities ?? []) gone.delete(name);
      rules = next;
      for (const listener of listeners) listener();
    },
    onReplaced: (listener) => void listeners.push(listener),
  };
}

function ofGoneAuthority({ name, serialNumber }: PeerIdentity): RouteTableError {
  const message = `the authority of the certificate of "${name}" (serial number ${serialNumber}) is trusted no longer`;
  return new RouteTableError('CERTIFICATE_REVOKED', message, {
    remedy: 'use a certificate of the present authority',
    facts: { identity: name },
  });
}
