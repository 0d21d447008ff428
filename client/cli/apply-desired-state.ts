import type { Command } from 'commander';
import type { ApplySavedOptions } from '../fleet/apply-saved-host.js';
import { applyToHost } from '../fleet/apply-to-host.js';
import { applyHosts } from './apply-hosts.js';
import type { CommandContext } from './command-context.js';
import { prepareDesiredRun } from './desired-run.js';
import { type DesiredStateOptions, desiredChangeOf } from './options/desired-state-options.js';
import { UsageError } from './usage-error.js';

/** Makes hosts be as a file says. `planToken` is that of the plan of a single host. */
export async function applyDesiredState(
  context: CommandContext,
  command: Command,
  desired: DesiredStateOptions,
  options: ApplySavedOptions & { readonly planToken?: string | undefined },
): Promise<void> {
  const { state, options: change } = await desiredChangeOf(desired);
  const run = await prepareDesiredRun(command, context.io, state, { writes: true });
  if (options.planToken !== undefined && run.hosts.length > 1) {
    throw new UsageError(
      '--require-plan is for a single host: every host has a plan of its own',
      'choose one host, or save the plan of all with "plan --out" and apply that',
    );
  }
  const routesOf = new Map(run.targets.map(({ host, routes }) => [host, routes]));
  await applyHosts(context, command, run, (client, host, call) =>
    applyToHost(client, { desiredRoutes: routesOf.get(host) ?? [] }, { ...options, ...change, ...call }),
  );
}
