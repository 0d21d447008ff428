import type { Command } from 'commander';
import type { Host } from '../fleet/host.js';
import { hostsOfPlan, type SavedHost, type SavedPlan } from '../fleet/saved-plan.js';
import { type FleetRun, prepareRun } from './command-context.js';
import type { CliIo } from './io.js';
import type { GlobalOptions } from './options/global-options.js';
import { hostList } from './render/host-list.js';

/** A run over the hosts of a saved plan. */
export interface PlanRun extends FleetRun {
  /** One per host of `hosts`, in the same order. */
  readonly parts: readonly { readonly host: Host; readonly saved: SavedHost }[];
}

/**
 * Like `prepareRun`, over all hosts of a plan or those of them that are chosen; hosts that could not be planned are named on standard error.
 *
 * @throws UsageError or FleetError, PLAN_OF_OTHER_FLEET for one
 */
export async function preparePlanRun(command: Command, io: CliIo, plan: SavedPlan): Promise<PlanRun> {
  nameHosts(plan, command);
  // Nothing has to be chosen: that was done with the plan, and here it can only be narrowed.
  const run = await prepareRun(command, io, { writes: false });
  const { all = false, host: names = [], selector = [], limit } = command.optsWithGlobals<GlobalOptions>();
  const isChosen = all || names.length > 0 || selector.length > 0 || limit !== undefined || run.inventory === undefined;
  // Of `run`, which has the TLS files of the command line.
  const connectable = new Map(run.hosts.map((host) => [host.name, host]));
  const parts = hostsOfPlan(plan, run.inventory, run.known, isChosen ? run.hosts : undefined).map(({ host, saved }) => ({
    host: connectable.get(host.name) ?? host,
    saved,
  }));
  if (plan.unplanned.length > 0) io.stderr.write(`not in the plan: ${hostList(plan.unplanned.map(({ name }) => name))}\n`);
  return { ...run, hosts: parts.map(({ host }) => host), parts };
}

/** The plan says where its hosts are, unless the command line or the environment does. */
function nameHosts({ inventory, hosts }: SavedPlan, command: Command): void {
  const { address, inventory: given } = command.optsWithGlobals<GlobalOptions>();
  const isExplicit = command.getOptionValueSourceWithGlobals('inventory') === 'cli';
  const program = rootOf(command);
  if (inventory !== undefined && address === undefined && given === undefined) {
    program.setOptionValueWithSource('inventory', inventory.path, 'config');
  }
  if (inventory === undefined && address === undefined && !isExplicit) {
    const addresses = hosts.map((host) => host.address);
    program.setOptionValueWithSource('address', addresses, 'config');
  }
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
