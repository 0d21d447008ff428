import { containsPrefix, formatPrefix, type Prefix } from '../../proto/prefix.js';
import { RouteTableError } from '../routes/errors.js';
import type { NetworkInterface } from '../routes/network-interface.js';
import { describeRoute } from '../routes/route.js';
import type { Caller, Change, CommitOptions } from './change.js';
import { type CommitRecord, type CommitStep, doesSomething } from './commit.js';

/** What a caller may do with the table, beyond what its calls as such are allowed. */
export interface Grant {
  /** "admin (rule 1)", for messages. */
  readonly name: string;
  /** Accept risks, write rows of other owners, settle commits of other callers, give up undoing one. */
  readonly unrestricted: boolean;
  /** Every row that is written lies within one of these. Undefined: anywhere. */
  readonly prefixes?: readonly Prefix[] | undefined;
  /** Every row that is written is on an interface whose alias passes. Undefined: on any. */
  readonly interfaces?: { readonly globs: readonly string[]; passes(alias: string): boolean } | undefined;
  /** Every change is for one of these owners. Undefined: for any, or for nobody. */
  readonly owners?: readonly string[] | undefined;
}

/** The agent itself, and whoever is on a loopback without TLS. */
export const fullGrant: Grant = { name: 'everything', unrestricted: true };

/** What of a step says what it writes. */
type WrittenStep = Pick<CommitStep, 'kind' | 'key' | 'receipt' | 'registryValues'>;

/** By LUID. */
interface Aliases {
  readonly interfaces: ReadonlyMap<bigint, Pick<NetworkInterface, 'alias'>>;
}

/** Holds a planned change against what its caller may do. @throws RouteTableError NOT_AUTHORIZED */
export function checkGrant(
  grant: Grant,
  { owner }: Pick<Change, 'owner'>,
  { acceptedRisks }: Pick<CommitOptions, 'acceptedRisks'>,
  { steps }: { readonly steps: readonly WrittenStep[] },
  reading: Aliases,
): void {
  const [risk] = acceptedRisks;
  if (risk !== undefined && !grant.unrestricted) {
    throw notAuthorized(grant, `may not accept the risk ${risk}`, 'leave the risk out, or have an admin do it');
  }
  if (grant.owners !== undefined && !grant.owners.includes(owner)) {
    const asked = owner === '' ? 'for nobody' : `for the owner "${owner}"`;
    throw notAuthorized(grant, `may not write ${asked}`, `set options.owner to one of ${grant.owners.join(', ')}`);
  }
  for (const step of steps) if (doesSomething(step)) checkStep(grant, step, reading);
}

function checkStep(grant: Grant, { key }: WrittenStep, { interfaces }: Aliases): void {
  const { prefixes, interfaces: allowed } = grant;
  if (prefixes !== undefined && !prefixes.some((prefix) => containsPrefix(prefix, key.destinationPrefix))) {
    const within = prefixes.map(formatPrefix).join(', ') || 'nothing';
    throw notAuthorized(grant, `may not write ${describeRoute(key)}: it is not within ${within}`, 'ask for a wider rule');
  }
  if (allowed === undefined) return;
  // A host that does not tell of its interfaces has none that a rule could name.
  const alias = interfaces.get(key.interface.luid)?.alias ?? '';
  if (allowed.passes(alias)) return;
  const what = `may not write ${describeRoute(key)}: the interface "${alias}" is none of ${allowed.globs.join(', ')}`;
  throw notAuthorized(grant, what, 'ask for a wider rule');
}

/** Whoever made a commit may settle it, and so may an admin. @throws RouteTableError NOT_AUTHORIZED */
export function checkSettling({ grant, actor }: Pick<Caller, 'grant' | 'actor'>, record: Pick<CommitRecord, 'id' | 'actor'>): void {
  if (grant.unrestricted || record.actor === actor) return;
  const what = `may not settle commit "${record.id}" of ${record.actor || 'somebody without a certificate'}`;
  throw notAuthorized(grant, what, `have ${record.actor || 'an admin'} or an admin do it`);
}

/** @throws RouteTableError NOT_AUTHORIZED unless everything may be done */
export function requireUnrestricted(grant: Grant, what: string): void {
  if (!grant.unrestricted) throw notAuthorized(grant, `may not ${what}`, 'have an admin do it');
}

function notAuthorized({ name }: Grant, what: string, remedy: string): RouteTableError {
  return new RouteTableError('NOT_AUTHORIZED', `${name} ${what}`, { remedy, facts: { grant: name } });
}
