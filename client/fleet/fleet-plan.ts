import type { ChangeOptions } from '../model/call-options.js';
import type { Plan } from '../model/plan.js';
import type { HostRoutes } from './desired-hosts.js';
import { type ForEachHostOptions, forEachHost } from './for-each-host.js';
import type { HostResult } from './on-host.js';

/** A plan of one host. */
export interface HostPlan {
  readonly target: HostRoutes;
  readonly plan: Plan;
  /** Run of the agent that made the plan. Undefined: not asked for. */
  readonly bootId?: string | undefined;
}

/** How a fleet is planned. */
export interface PlanFleetOptions extends ForEachHostOptions {
  /** Owner, atomicity and what else goes with every plan. */
  readonly change: ChangeOptions;
  /** Ask each agent for its `bootId` too, for a plan that is to be saved. Default false. */
  readonly withBootId?: boolean | undefined;
}

/** Plans many hosts at once, in their order. Writes nothing. See {@link forEachHost}. */
export function planFleet(
  targets: readonly HostRoutes[],
  { change, withBootId = false, ...options }: PlanFleetOptions,
): AsyncGenerator<HostResult<HostPlan>, void, undefined> {
  const targetOf = new Map(targets.map((target) => [target.host, target]));
  return forEachHost(
    [...targetOf.keys()],
    async (client, host, signal) => {
      const target = targetOf.get(host) as HostRoutes;
      // First: an agent that is restarted in between makes the plan stale, not one that seems to be of the new run.
      const bootId = withBootId ? (await client.getAgent({ signal })).bootId : undefined;
      const plan = await client.planRoutes({ desiredRoutes: target.routes }, { ...change, signal });
      return { target, plan, bootId };
    },
    options,
  );
}
