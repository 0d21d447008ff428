import type { Command } from 'commander';
import { type ApplySavedOptions, applySavedHost } from '../fleet/apply-saved-host.js';
import type { Host } from '../fleet/host.js';
import { hostsOfPlan, type SavedHost, type SavedPlan } from '../fleet/saved-plan.js';
import { readPlan } from '../fleet/saved-plan-file.js';
import { applyHosts } from './apply-hosts.js';
import { checkSavedPlan } from './check-saved-plan.js';
import { type CommandContext, type FleetRun, prepareRun } from './command-context.js';
import type { CliIo } from './io.js';
import { knownHosts } from './known-hosts.js';
import type { GlobalOptions } from './options/global-options.js';
import { hostList } from './render/host-list.js';

/** How a saved plan is applied. */
export interface ApplySavedPlanOptions {
  /** Path of the plan. */
  readonly file: string;
  /** See that every host would take it before the first one is written to. */
  readonly check: boolean;
  readonly apply: ApplySavedOptions;
}

/** Applies exactly what was planned, to all hosts of the plan or to those of them that are chosen. */
export async function applySavedPlan(
  context: CommandContext,
  command: Command,
  { file, check, apply }: ApplySavedPlanOptions,
): Promise<void> {
  const { io, finish } = context;
  const plan = await readPlan(file);
  const { run, savedOf } = await preparePlanRun(command, io, plan);
  if (plan.unplanned.length > 0) io.stderr.write(`not in the plan: ${hostList(plan.unplanned.map(({ name }) => name))}\n`);
  const refused = check ? await checkSavedPlan(plan, savedOf, run, apply, io) : undefined;
  if (refused !== undefined) {
    finish(refused);
    return;
  }
  await applyHosts(context, command, run, (client, host, call) =>
    applySavedHost(client, savedOf.get(host) as SavedHost, plan, { ...apply, ...call }),
  );
}

interface PlanRun {
  readonly run: FleetRun;
  /** One per host of the run. */
  readonly savedOf: ReadonlyMap<Host, SavedHost>;
}

async function preparePlanRun(command: Command, io: CliIo, plan: SavedPlan): Promise<PlanRun> {
  nameHosts(plan, command);
  // Nothing has to be chosen: that was done with the plan, and here it can only be narrowed.
  const run = await prepareRun(command, io, { writes: false });
  const globals = command.optsWithGlobals<GlobalOptions>();
  const known = await knownHosts(globals, run.hosts, io.signal);
  const { all = false, host: names = [], selector = [] } = globals;
  const isChosen = all || names.length > 0 || selector.length > 0 || known.inventory === undefined;
  // Of `run`, which has the TLS files of the command line.
  const connectable = new Map(run.hosts.map((host) => [host.name, host]));
  const parts = hostsOfPlan(plan, known.inventory, known.hosts, isChosen ? run.hosts : undefined);
  const savedOf = new Map(parts.map(({ host, saved }) => [connectable.get(host.name) as Host, saved]));
  return { run: { ...run, hosts: [...savedOf.keys()] }, savedOf };
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
