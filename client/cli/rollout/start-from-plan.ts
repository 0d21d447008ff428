import type { Command } from 'commander';
import type { Candidate } from '../../fleet/rollout/new-rollout.js';
import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';
import { readPlan } from '../../fleet/saved-plan-file.js';
import { failedChecks, tellRefusals } from '../check-saved-plan.js';
import type { CommandContext } from '../command-context.js';
import { type RolloutStartOptions, rolloutChangeOptionsOf, rolloutPolicyOf } from '../options/rollout-options.js';
import { preparePlanRun } from '../plan-run.js';
import { renderFailures } from '../render/failures.js';
import { hasChanges } from '../render/plan-summary.js';
import { UsageError } from '../usage-error.js';
import { begin, problemOf } from './start-rollout.js';

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
  const { io, finish } = context;
  const run = await preparePlanRun(command, io, plan);
  // What cannot be is found before any host is asked.
  rolloutPolicyOf(options, { ...run, ...change, hostCount: run.hosts.length });
  const failed = await failedChecks(plan, new Map(run.parts.map(({ host, saved }) => [host, saved])), run, change, io.signal);
  const problems = new Map(failed.map(({ host, error }) => [host, problemOf(error)]));
  if ([...problems.values()].some(({ outcome }) => outcome !== 'unreachable')) {
    finish(tellRefusals(failed, run, io));
    return;
  }
  io.stderr.write(renderFailures(failed, run.errorColor));
  await begin(context, command, options, store, {
    run,
    candidates: run.parts.map(({ host, saved: { routes, planToken, revision, summary } }): Candidate => {
      const problem = problems.get(host);
      return { host, routes, ...(problem ? { problem } : { plan: { planToken, revision, hasChanges: hasChanges(summary) } }) };
    }),
    source: file,
    options: { ...change, owner, driftPolicy },
  });
}
