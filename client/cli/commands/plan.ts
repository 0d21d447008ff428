import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addDesiredStateOptions, type DesiredStateOptions, desiredChangeOf } from '../options/desired-state-options.js';
import { readHosts } from '../read-hosts.js';
import { hasChanges } from '../render/plan-summary.js';
import { planView } from '../render/plan-view.js';
import { examples } from './help.js';

/** `routefleet plan` */
export function addPlan(program: Command, context: CommandContext): void {
  const command = program
    .command('plan')
    .summary('show what a desired state would change')
    .description(
      'Shows what "apply" would do with a desired state: which routes come, change and go on each host, and how its ways to controllers change. Writes nothing. Exits with 2 when there are changes.',
    );
  addDesiredStateOptions(command)
    .addHelpText(
      'after',
      examples(
        'routefleet plan -f routes.yaml --inventory fleet.yaml -l site=ams',
        'routefleet plan -f routes.yaml --address web1.example.net --destination 8.8.8.8 -o json',
      ) + desiredStateHelp,
    )
    .action(async (options: DesiredStateOptions, self: Command) => {
      const desired = await desiredChangeOf(options);
      await readHosts(
        context,
        self,
        async (client, _host, signal) => [await client.planRoutes(desired.change, { ...desired.options, signal })],
        planView,
        hasChanges,
      );
    });
}

/** What a desired-state file looks like. */
export const desiredStateHelp = `
A desired state:
  owner: team-net            # only routes of this owner are touched; those not listed are deleted
  driftPolicy: enforce       # or report: what agents do when another program changes a persistent route
  routes:
    - prefix: 10.9.0.0/16
      nextHop: 10.0.0.254    # absent: on-link
      interface: Ethernet 2  # or { index: 12 }, { luid: "…" }, { guid: "{…}" }; absent: as the host reaches nextHop
      metric: 5
      persistent: false      # default true: kept over reboots
`;
