import type { ChangeOptions } from '../model/call-options.js';
import type { Plan } from '../model/plan.js';
import type { Connector } from './connector.js';
import type { HostRoutes } from './desired-hosts.js';
import { type ForEachHostOptions, inOrder } from './for-each-host.js';
import { type HostResult, onHost } from './on-host.js';
import { startWorkers, type WorkerOptions } from './workers/worker-processes.js';

/** What a host answers. */
export interface PlanContent {
  readonly plan: Plan;
  /** Run of the agent that made the plan. Undefined: not asked for. */
  readonly bootId?: string | undefined;
}

/** A plan of one host. */
export interface HostPlan extends PlanContent {
  readonly target: HostRoutes;
}

/** How a host is planned. */
export interface PlanHostOptions {
  /** Owner, atomicity and what else goes with every plan. */
  readonly change: ChangeOptions;
  /** Ask each agent for its `bootId` too, for a plan that is to be saved. Default false. */
  readonly withBootId?: boolean | undefined;
}

/** How a fleet is planned. */
export interface PlanFleetOptions extends ForEachHostOptions, PlanHostOptions {
  /** Processes that do the work in place of this one, and how those connect: for fleets of thousands of hosts. Default: none. */
  readonly workers?: WorkerOptions | undefined;
}

/** Plans one host. Writes nothing. */
export function planHost(
  target: HostRoutes,
  { change, withBootId = false }: PlanHostOptions,
  connector: Connector,
  signal: AbortSignal,
): Promise<HostResult<HostPlan>> {
  return onHost(
    target.host,
    connector,
    async (client) => {
      // First: an agent that is restarted in between makes the plan stale, not one that seems to be of the new run.
      const bootId = withBootId ? (await client.getAgent({ signal })).bootId : undefined;
      const plan = await client.planRoutes({ desiredRoutes: target.routes }, { ...change, signal });
      return { target, plan, bootId };
    },
    signal,
  );
}

/** Plans many hosts at once, in their order. Writes nothing. Leaving the loop early aborts the rest. */
export async function* planFleet(
  targets: readonly HostRoutes[],
  { change, withBootId, workers: wanted, connector, ...bounds }: PlanFleetOptions,
): AsyncGenerator<HostResult<HostPlan>, void, undefined> {
  const options = { change, withBootId };
  const workers = wanted && startWorkers(wanted);
  try {
    yield* inOrder(
      targets,
      (target, signal) => workers?.plan(target, options, signal) ?? planHost(target, options, connector, signal),
      bounds,
    );
  } finally {
    await workers?.close();
  }
}
