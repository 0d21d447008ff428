import type { Command } from 'commander';
import { applyHosts } from '../apply-hosts.js';
import type { CommandContext } from '../command-context.js';
import { addDesiredStateOptions, type DesiredStateOptions, desiredChangeOf } from '../options/desired-state-options.js';
import { addCommitOptions, type CommitCommandOptions, commitOptionsOf } from '../options/write-options.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';
import { desiredStateHelp } from './plan.js';

interface ApplyCommandOptions extends DesiredStateOptions, CommitCommandOptions {
  readonly requirePlan?: string;
  readonly confirm?: boolean;
}

/** `routefleet apply` */
export function addApply(program: Command, context: CommandContext): void {
  const command = program
    .command('apply')
    .summary('make hosts be as a desired state says')
    .description(
      'Creates, changes and deletes routes of the owner until each host is as desired, on one host after the other, and stops at the first failure. On each host all is done or nothing. Routes that already are as desired are not written.',
    );
  addCommitOptions(addDesiredStateOptions(command))
    .option('--require-plan <token>', 'refuse if the host is no longer as "plan" showed it; for a single host')
    .option('--confirm', 'with --confirm-within: open a new connection after the apply and confirm over it')
    .addHelpText(
      'after',
      examples(
        'routefleet apply -f routes.yaml --inventory fleet.yaml --all --confirm-within 2m --confirm',
        'routefleet apply -f routes.yaml --address web1.example.net --confirm-within 5m --probe gateway --probe tcp:10.0.0.53:53',
        'routefleet apply -f routes.yaml --address web1.example.net --require-plan "$TOKEN" --accept-risk default-route',
      ) + desiredStateHelp,
    )
    .action(async (options: ApplyCommandOptions, self: Command) => {
      const { confirm = false, confirmWithin, requirePlan } = options;
      if (confirm && confirmWithin === undefined) {
        throw new UsageError('--confirm needs --confirm-within', 'add --confirm-within 2m, or leave --confirm out');
      }
      const commitOptions = commitOptionsOf(options);
      const desired = await desiredChangeOf(options);
      await applyHosts(context, self, desired.change, { ...desired.options, ...commitOptions, planToken: requirePlan, confirm });
    });
}
