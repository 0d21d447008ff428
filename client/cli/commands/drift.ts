import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addDesiredStateOptions, type DesiredStateOptions } from '../options/desired-state-options.js';
import { planHosts } from '../plan-hosts.js';
import { driftWords } from '../render/plan-words.js';
import { examples } from './help.js';
import { desiredStateHelp } from './plan.js';

/** `routefleet drift` */
export function addDrift(program: Command, context: CommandContext): void {
  const command = program
    .command('drift')
    .summary('show where hosts are not as desired')
    .description(
      'Compares hosts with a desired state: "+" is missing, "~" differs and shows what it would become, "deleted" is there and should not be. Hosts that are alike are shown once, and a host that is down does not hide the others. Writes nothing. Exits with 2 when there is drift.',
    );
  addDesiredStateOptions(command)
    .addHelpText(
      'after',
      examples(
        'routefleet drift -f routes.yaml --inventory fleet.yaml',
        'routefleet drift -f routes.yaml --inventory fleet.yaml -o ndjson',
      ) + desiredStateHelp,
    )
    .action((options: DesiredStateOptions, self: Command) => planHosts(context, self, options, driftWords));
}
