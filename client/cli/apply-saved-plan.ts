import type { Command } from 'commander';
import { type ApplySavedOptions, applySavedHost } from '../fleet/apply-saved-host.js';
import type { SavedHost } from '../fleet/saved-plan.js';
import { readPlan } from '../fleet/saved-plan-file.js';
import { applyHosts } from './apply-hosts.js';
import { failedChecks, tellRefusals } from './check-saved-plan.js';
import type { CommandContext } from './command-context.js';
import { preparePlanRun } from './plan-run.js';

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
  const run = await preparePlanRun(command, io, plan);
  const savedOf = new Map(run.parts.map(({ host, saved }) => [host, saved]));
  const failed = check ? await failedChecks(plan, savedOf, run, apply, io.signal) : [];
  if (failed.length > 0) {
    finish(tellRefusals(failed, run, io));
    return;
  }
  await applyHosts(context, command, run, (client, host, call) =>
    applySavedHost(client, savedOf.get(host) as SavedHost, plan, { ...apply, ...call }),
  );
}
