import type { Grant } from '../commits/grant.js';
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
  const listeners: (() => void)[] = [];
  return {
    decide: (rpc, identity) => decideAccess(rules, rpc, identity, now()),
    replace(next) {
      rules = next;
      for (const listener of listeners) listener();
    },
    onReplaced: (listener) => void listeners.push(listener),
  };
}
