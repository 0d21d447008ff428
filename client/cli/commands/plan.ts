import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addDesiredStateOptions } from '../options/desired-state-options.js';
import { type PlanHostsOptions, planHosts } from '../plan-hosts.js';
import { planWords } from '../render/plan-words.js';
import { examples } from './help.js';

/** `routefleet plan` */
export function addPlan(program: Command, context: CommandContext): void {
  const command = program
    .command('plan')
    .summary('show what a desired state would change')
    .description(
      'Shows what "apply" would do with a desired state: which routes come, change and go on each host, and how its ways to controllers change. Hosts that are alike are shown once. Writes nothing. Exits with 2 when there are changes.',
    );
  addDesiredStateOptions(command)
    .option('--out <file>', 'save the plan of all hosts, for "routefleet apply <file>"')
    .addHelpText(
      'after',
      examples(
        'routefleet plan -f routes.yaml --inventory fleet.yaml -l site=ams',
        'routefleet plan -f routes.yaml --inventory fleet.yaml --out plan.json',
        'routefleet plan -f routes.yaml --address web1.example.net --destination 8.8.8.8 -o json',
      ) + desiredStateHelp,
    )
    .action((options: PlanHostsOptions, self: Command) => planHosts(context, self, options, planWords));
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

Several kinds of hosts, in place of routes; a host has what all sections that fit it say:
  sections:
    - labels: site=ams       # as -l takes them
      routes: [{ prefix: 10.9.0.0/16, nextHop: "\${site.gateway}" }]   # the label "site.gateway" of each host
    - hosts: db*             # as --host takes them; a list of names or labels is taken too
      routes: [{ prefix: 10.8.0.0/16, interface: Storage }]
`;
