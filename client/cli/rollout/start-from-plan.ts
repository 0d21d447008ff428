import type { Command } from 'commander';
import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';
import { readPlan } from '../../fleet/saved-plan-file.js';
import type { CommandContext } from '../command-context.js';
import { type RolloutStartOptions, rolloutChangeOptionsOf } from '../options/rollout-options.js';
import { preparePlanRun } from '../plan-run.js';
import { hasChanges } from '../render/plan-summary.js';
import { UsageError } from '../usage-error.js';
import { begin } from './start-rollout.js';

/** Drives exactly what was planned through the waves, on all hosts of the plan or on those of them that are chosen. */
export async function startFromPlan(
  context: CommandContext,
  command: Command,
  file: string,
  options: RolloutStartOptions,
  store: RolloutStore,
): Promise<void> {
  const change = rolloutChangeOptionsOf(options);
  const plan = await readPlan(file);
  const { owner, driftPolicy, atomicity } = plan.options;
  if (owner === undefined || atomicity === 'continueOnError') {
    throw new UsageError(
      'a rollout does all of a change or nothing, and the plan was made with --continue-on-error',
      'plan again without it',
    );
  }
  const run = await preparePlanRun(command, context.io, plan);
  await begin(context, command, options, store, {
    run,
    candidates: run.parts.map(({ host, saved: { routes, planToken, revision, summary } }) => ({
      host,
      routes,
      plan: { planToken, revision, hasChanges: hasChanges(summary) },
    })),
    source: file,
    options: { ...change, owner, driftPolicy },
  });
}
