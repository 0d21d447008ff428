import type { RouteClient } from '../../route-client.js';
import type { HostChange } from './apply-on-host.js';
import { attemptIdOf } from './commit-names.js';
import type { RolloutReason } from './rollout-event.js';
import { findAttempt, type HostAccess, insist } from './settle.js';

/**
 * Looks at a host whose change was confirmed: it answers, its routes are as the rollout left them, and the probes that passed after the change pass
 * still. Tries for `settleMs`, each time over a new connection; writes nothing.
 *
 * @returns what is wrong; undefined: nothing is, or nobody wants to know any more
 */
export async function lookAtHost(
  { host, change, options, commitId }: HostChange,
  access: HostAccess,
  signal: AbortSignal,
): Promise<RolloutReason | undefined> {
  const until = access.clock.now() + access.settleMs;

  async function look(client: RouteClient): Promise<Finding> {
    const { commit } = await findAttempt(client, (number) => attemptIdOf(commitId, number));
    const { planned, probes } = await client.applyRoutes(change, { ...options, planToken: undefined, validateOnly: true, signal });
    const { creates = 0, sets = 0, deletes = 0 } = planned ?? {};
    const differing = creates + sets + deletes;
    if (differing > 0) return { why: changed(differing) };
    const lost = probes.find(({ passedBefore }, index) => !passedBefore && commit?.probes[index]?.passedAfter === true);
    if (lost === undefined) return {};
    const found = `${lost.probe}: passed after the change and does not any more${lost.message === undefined ? '' : `: ${lost.message}`}`;
    return { why: { reason: 'PROBE_FAILED', message: found } };
  }

  const { why } = await insist<Finding>(host, access, {
    signal,
    attempt: look,
    worthIt: () => !signal.aborted && access.clock.now() < until,
    gaveUp: (error) => ({ why: error ?? { reason: 'UNREACHABLE', message: 'it does not answer' } }),
    refused: (error) => ({ why: error }),
  });
  return why && { reason: why.reason, message: why.message, remedy: why.remedy };
}

interface Finding {
  readonly why?: RolloutReason | undefined;
}

function changed(count: number): RolloutReason {
  const what = count === 1 ? '1 route is' : `${count} routes are`;
  const remedy = 'see what differs with "routefleet drift", and who did it with "routefleet watch"';
  return { reason: 'ROUTES_CHANGED', message: `${what} not as the rollout left them`, remedy };
}
