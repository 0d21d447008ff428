import type { Grant } from '../commits/grant.js';
import { RouteTableError } from '../routes/errors.js';
import { isAgent, type PeerIdentity } from './peer-identity.js';
import { type Policy, type Rule, roles, ruleOf } from './policy.js';
import { type RpcName, rpcRoles } from './rpc-rights.js';

/** What access is decided by; replaced as a whole. */
export interface AccessRules {
  readonly policy: Policy;
  /** Whether the authority took the certificate back. */
  isRevoked(identity: PeerIdentity): boolean;
  /** Names of the authorities whose certificates are let in, as `PeerIdentity.issuer` has them. Undefined: not known. */
  readonly authorities?: ReadonlySet<string> | undefined;
}

/**
 * Whether somebody may make a call, and what with it. Pure but for the time.
 *
 * @param now - milliseconds since 1970
 * @throws RouteTableError NOT_AUTHORIZED, CERTIFICATE_REVOKED or CERTIFICATE_EXPIRED
 */
export function decideAccess({ policy, isRevoked }: AccessRules, rpc: RpcName | undefined, identity: PeerIdentity, now: number): Grant {
  const { name, serialNumber, notAfter } = identity;
  const facts = { identity: name };
  if (isRevoked(identity)) {
    const message = `the certificate of "${name}" (serial number ${serialNumber}) is revoked`;
    throw new RouteTableError('CERTIFICATE_REVOKED', message, { remedy: 'use another certificate', facts });
  }
  if (now >= notAfter) {
    const message = `the certificate of "${name}" expired at ${new Date(notAfter).toISOString()}, after this connection was made`;
    throw new RouteTableError('CERTIFICATE_EXPIRED', message, { remedy: 'renew it, and connect anew', facts });
  }
  if (rpc === undefined) throw denied(identity, 'there is no rule for this call', 'use a client of the version of this agent');
  if (name === '') throw denied(identity, 'the certificate names nobody', 'issue one with a URI, DNS name or common name');
  if (isAgent(identity)) throw denied(identity, 'an agent is no client of another one', 'use the certificate of a controller');
  const found = ruleOf(policy, name);
  if (found === undefined) {
    throw denied(identity, `no rule of the authorization file is for "${name}"`, 'add one, as an administrator of the host');
  }
  const needed = rpcRoles[rpc];
  const { rule, number } = found;
  if (roles.indexOf(rule.role) >= roles.indexOf(needed)) return grantOf(rule, `${name}, ${rule.role} by rule ${number},`);
  const what = `"${name}" is ${rule.role} by rule ${number}, and ${rpc} needs ${needed}`;
  throw denied(identity, what, 'have somebody with that role do it, or change the rule as an administrator of the host');
}

function grantOf({ role, prefixes, interfaces, owners }: Rule, name: string): Grant {
  return { name, unrestricted: role === 'admin', prefixes, interfaces, owners };
}

function denied({ name }: PeerIdentity, message: string, remedy: string): RouteTableError {
  return new RouteTableError('NOT_AUTHORIZED', message, { remedy, facts: { identity: name } });
}
