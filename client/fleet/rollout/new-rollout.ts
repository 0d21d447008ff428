import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { RouteSpec } from '../../model/route-spec.js';
import type { Host, HostTls } from '../host.js';
import type { RolloutPolicy } from './rollout-policy.js';
import type { RolloutHost, RolloutSpec } from './rollout-spec.js';

/** A host that is to take part. */
export interface Candidate {
  readonly host: Host;
  readonly routes: readonly RouteSpec[];
  /** Undefined: it could not be planned. */
  readonly plan?: { readonly planToken: string; readonly revision: bigint; readonly hasChanges: boolean } | undefined;
  /** Why not. */
  readonly problem?: RolloutHost['problem'];
}

/** What a rollout is made of. */
export interface NewRollout extends Omit<RolloutSpec, 'id' | 'policy' | 'hosts' | 'routeSets'> {
  readonly candidates: readonly Candidate[];
  readonly policy: Omit<RolloutPolicy, 'hosts'>;
}

/**
 * Makes a rollout. Hosts with changes come first, in the order given: a canary to which nothing is done proves nothing. Hosts that could not be planned come
 * next, as what they count when their turn comes; those without changes are last, and are seen to be so still.
 */
export function newRollout({ candidates, policy, createdAt, ...rest }: NewRollout): RolloutSpec {
  const rank = ({ plan }: Candidate): number => (plan === undefined ? 1 : plan.hasChanges ? 0 : 2);
  const ordered = candidates.toSorted((a, b) => rank(a) - rank(b));
  const routeSets = new Map<string, { readonly index: number; readonly routes: readonly RouteSpec[] }>();

  function routeSetOf(routes: readonly RouteSpec[]): number {
    const key = JSON.stringify(routes, (_name, value) => (typeof value === 'bigint' ? `${value}` : value));
    const known = routeSets.get(key) ?? { index: routeSets.size, routes };
    routeSets.set(key, known);
    return known.index;
  }

  const hosts = ordered.map(({ host: { name, address, tls, timeoutMs }, routes, plan, problem }): RolloutHost => {
    const common = { name, address, tls: tls && absolute(tls), timeoutMs, routeSet: routeSetOf(routes) };
    return { ...common, planToken: plan?.planToken, revision: plan?.revision, problem };
  });
  return {
    ...rest,
    createdAt,
    id: newId(createdAt),
    hosts,
    policy: { ...policy, hosts: hosts.map(({ name }) => name) },
    routeSets: [...routeSets.values()].map(({ routes }) => routes),
  };
}

/** It may be resumed from another directory. */
function absolute({ ca, certificate, key, serverName }: HostTls): HostTls {
  return { ca: resolve(ca), certificate: resolve(certificate), key: resolve(key), serverName };
}

/** Sorts by time, of which the last three digits stand in hexadecimal before the random ones; and is short enough for commit ids. */
function newId(createdAt: number): string {
  const [date = '', time = ''] = new Date(createdAt).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  const milliseconds = (createdAt % 1_000).toString(16).padStart(3, '0');
  return `${date}-${time}-${milliseconds}${randomBytes(2).toString('hex').slice(1)}`;
}
