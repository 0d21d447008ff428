import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { readHosts } from '../read-hosts.js';
import { agentView } from '../render/agent-view.js';
import { examples } from './help.js';

/** `routefleet agent …` */
export function addAgent(program: Command, context: CommandContext): void {
  program
    .command('agent')
    .summary('show agents')
    .description('Shows the agents of hosts.')
    .command('info')
    .summary('show what agents can do')
    .description('Shows who each host is and what its agent can do; "-o yaml" has all of it.')
    .addHelpText('after', examples('routefleet agent info --inventory fleet.yaml', 'routefleet agent info --address 10.0.0.2:7420 -o yaml'))
    .action(async (_options: object, command: Command) => {
      await readHosts(context, command, async (client, _host, signal) => [await client.getAgent({ signal })], agentView);
    });
}
