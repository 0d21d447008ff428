import type { Command } from 'commander';
import { applyDesiredState } from '../apply-desired-state.js';
import { applySavedPlan } from '../apply-saved-plan.js';
import type { CommandContext } from '../command-context.js';
import { addDesiredStateOptions, type DesiredStateOptions } from '../options/desired-state-options.js';
import { addCommitOptions, type CommitCommandOptions, commitOptionsOf } from '../options/write-options.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';
import { desiredStateHelp } from './plan.js';

interface ApplyCommandOptions extends Partial<DesiredStateOptions>, CommitCommandOptions {
  readonly requirePlan?: string;
  readonly confirm?: boolean;
  /** From `--no-check`. */
  readonly check: boolean;
}

/** `routefleet apply` */
export function addApply(program: Command, context: CommandContext): void {
  const command = program
    .command('apply')
    .summary('make hosts be as a desired state says')
    .description(
      'Creates, changes and deletes routes of the owner until each host is as desired, on one host after the other, and stops at the first failure. On each host all is done or nothing. Routes that already are as desired are not written. With a saved plan exactly that is done, on its hosts or some of them, and nothing at all if one of them is no longer as it was planned.',
    )
    .argument('[plan]', 'plan that "routefleet plan --out" saved, in place of --file');
  addCommitOptions(addDesiredStateOptions(command, { fileRequired: false }))
    .option('--require-plan <token>', 'refuse if the host is no longer as "plan" showed it; for a single host')
    .option('--no-check', 'with a saved plan: do not check all hosts before the first one is written to')
    .option('--confirm', 'with --confirm-within: open a new connection after the apply and confirm over it')
    .addHelpText(
      'after',
      examples(
        'routefleet apply -f routes.yaml --inventory fleet.yaml --all --confirm-within 2m --confirm',
        'routefleet apply plan.json --confirm-within 2m --confirm',
        'routefleet apply plan.json --host "web*"',
        'routefleet apply -f routes.yaml --address web1.example.net --confirm-within 5m --probe gateway --probe tcp:10.0.0.53:53',
        'routefleet apply -f routes.yaml --address web1.example.net --require-plan "$TOKEN" --accept-risk default-route',
      ) + desiredStateHelp,
    )
    .action(async (plan: string | undefined, options: ApplyCommandOptions, self: Command) => {
      const { confirm = false, confirmWithin, requirePlan, check, file } = options;
      if (confirm && confirmWithin === undefined) {
        throw new UsageError('--confirm needs --confirm-within', 'add --confirm-within 2m, or leave --confirm out');
      }
      const apply = { ...commitOptionsOf(options), confirm };
      if (plan !== undefined) {
        refuseBeside(options);
        await applySavedPlan(context, self, { file: plan, check, apply });
        return;
      }
      if (file === undefined) {
        throw new UsageError('neither a desired state nor a saved plan is given', 'give -f <file>, or a file of "routefleet plan --out"');
      }
      if (!check) throw new UsageError('--no-check is for a saved plan', 'leave it out with -f');
      await applyDesiredState(context, self, { ...options, file }, { ...apply, planToken: requirePlan });
    });
}

/** What a saved plan has decided already. */
function refuseBeside({ file, requirePlan, destination, continueOnError }: ApplyCommandOptions): void {
  const given = { '--file': file, '--require-plan': requirePlan, '--destination': destination, '--continue-on-error': continueOnError };
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length === 0) return;
  throw new UsageError(
    `${names.join(', ')} and a saved plan exclude each other: the plan was made with options of its own`,
    'leave them out, or plan again with them',
  );
}
