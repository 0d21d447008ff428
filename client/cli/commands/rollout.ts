import type { Command } from 'commander';
import { createFileStore } from '../../fleet/rollout/file-store.js';
import type { RolloutRequest } from '../../fleet/rollout/rollout-event.js';
import { type CommandContext, workersOf } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { GlobalOptions } from '../options/global-options.js';
import { requestRollout } from '../rollout/request-rollout.js';
import { rolloutIdOf } from '../rollout/rollout-id.js';
import { listRollouts, showRollout } from '../rollout/show-rollouts.js';
import { examples } from './help.js';
import { addRolloutStart } from './rollout-start.js';

interface Verb {
  readonly name: string;
  readonly request: RolloutRequest;
  /** It needs somebody who drives the rollout on. */
  readonly drive: boolean;
  readonly summary: string;
  readonly description: string;
}

const verbs: readonly Verb[] = [
  {
    name: 'resume',
    request: 'unpaused',
    drive: true,
    summary: 'go on after a crash, Ctrl-C or pause',
    description: 'Goes on with a rollout. What was announced and not answered is asked of the hosts first; nothing is applied twice.',
  },
  {
    name: 'undo',
    request: 'undoRequested',
    drive: true,
    summary: 'undo what was changed, on all hosts at once',
    description:
      'Stops a rollout if it still goes on, and restores what was before on every host that it changed, without waves. Rows that something else changed since are left as they are, and told.',
  },
  {
    name: 'abort',
    request: 'aborted',
    drive: true,
    summary: 'stop for good; what is confirmed stays',
    description: 'Begins no host any more, cancels what is not confirmed, and ends the rollout. What is confirmed stays.',
  },
  {
    name: 'promote',
    request: 'promoted',
    drive: false,
    summary: 'begin the next wave now',
    description: 'Begins the next wave, whether it would come by time or by hand.',
  },
  {
    name: 'pause',
    request: 'paused',
    drive: false,
    summary: 'begin no host until "rollout resume"',
    description: 'Begins no host, and no wave, until the rollout is resumed. Hosts in flight finish. The deadline of the whole goes on.',
  },
];

/** `routefleet rollout …` */
export function addRollout(program: Command, context: CommandContext): void {
  const rollout = program
    .command('rollout')
    .summary('change a fleet in waves that stop, and undo, when hosts fail')
    .description('Changes a fleet in waves, and keeps on disk how far it is.');
  addRolloutStart(rollout, context);

  rollout
    .command('list')
    .summary('show all rollouts')
    .description('Shows all rollouts of this machine, newest first.')
    .addHelpText('after', examples('routefleet rollout list -o json'))
    .action(async (_options: object, self: Command) => {
      const globals = self.optsWithGlobals<GlobalOptions>();
      const complete = await listRollouts(context.io, createFileStore(globals.rolloutsDir), globals);
      context.finish(complete ? exitCodes.ok : exitCodes.failed);
    });

  rollout
    .command('show')
    .summary('show one rollout, host by host')
    .description('Shows where every host of a rollout stands, and why.')
    .argument('<id>', 'id of the rollout, or "last" for the newest')
    .addHelpText('after', examples('routefleet rollout show last', 'routefleet rollout show 20261124-123142-a1b2c3'))
    .action(async (id: string, _options: object, self: Command) => {
      const globals = self.optsWithGlobals<GlobalOptions>();
      const store = createFileStore(globals.rolloutsDir);
      await showRollout(context.io, store, await rolloutIdOf(store, id), globals);
    });

  for (const { name, request, drive, summary, description } of verbs) {
    withId(rollout.command(name).summary(summary).description(description))
      .addHelpText('after', examples(`routefleet rollout ${name} 20261124-123142-a1b2c3`))
      .action((id: string, _options: object, self: Command) => {
        const globals = self.optsWithGlobals<GlobalOptions>();
        const { output, color, rolloutsDir } = globals;
        return requestRollout(context, createFileStore(rolloutsDir), { id, request, drive, output, color, workers: workersOf(globals) });
      });
  }
}

function withId(command: Command): Command {
  return command.argument('<id>', 'id of the rollout');
}
