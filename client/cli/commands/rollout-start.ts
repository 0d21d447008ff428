import type { Command } from 'commander';
import { createFileStore } from '../../fleet/rollout/file-store.js';
import type { CommandContext } from '../command-context.js';
import type { GlobalOptions } from '../options/global-options.js';
import { addRolloutStartOptions, type RolloutStartOptions } from '../options/rollout-options.js';
import { checkRolloutOutput } from '../rollout/drive-rollout.js';
import { startFromPlan } from '../rollout/start-from-plan.js';
import { startFromFile } from '../rollout/start-rollout.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';

/** `routefleet rollout start` */
export function addRolloutStart(rollout: Command, context: CommandContext): void {
  const command = rollout
    .command('start')
    .summary('change a fleet in waves')
    .description(
      [
        'Makes hosts be as a desired state says, in waves: plans all, shows the plan (or takes a saved one), and then changes wave after wave, as many hosts at a time as --concurrency says. Each host undoes its change by itself unless its probes pass and it can be reached over a new connection in time (--confirm-within, 2m unless given). When more hosts fail than may, no host is begun any more, and what is not confirmed is cancelled at once.',
        'Everything is written to disk before it is done: "rollout resume" goes on after a crash. Ctrl-C lets hosts in flight finish, and can be resumed as well; a second Ctrl-C leaves them to their own timers.',
      ].join('\n\n'),
    );
  addRolloutStartOptions(command.argument('[plan]', 'a plan that "plan --out" saved: exactly that is rolled out'))
    .addHelpText(
      'after',
      examples(
        'routefleet rollout start -f routes.yaml --inventory fleet.yaml --all --waves 1,10%,100% --soak 5m --probe gateway --on-failure undo',
        'routefleet rollout start plan.json --waves 1,50% --confirm-within 5m',
        'routefleet rollout start -f routes.yaml --inventory fleet.yaml -l site=ams --promote manual --max-failures 2 --max-unreachable 5',
      ),
    )
    .action(async (plan: string | undefined, options: RolloutStartOptions, self: Command) => {
      const { output, rolloutsDir } = self.optsWithGlobals<GlobalOptions>();
      checkRolloutOutput(output);
      const store = createFileStore(rolloutsDir);
      const { file } = options;
      if (plan !== undefined && file === undefined) await startFromPlan(context, self, plan, options, store);
      else if (plan === undefined && file !== undefined) await startFromFile(context, self, { ...options, file }, store);
      else throw new UsageError('either a saved plan or -f is needed', 'give the file of "plan --out", or -f with a desired state');
    });
}
