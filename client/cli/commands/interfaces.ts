import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { readHosts } from '../read-hosts.js';
import { interfaceView } from '../render/interface-view.js';
import { examples } from './help.js';

/** `routefleet interfaces` */
export function addInterfaces(program: Command, context: CommandContext): void {
  program
    .command('interfaces')
    .summary('list network interfaces')
    .description('Lists the network interfaces that have IP bound, with their metrics and addresses.')
    .addHelpText('after', examples('routefleet interfaces --inventory fleet.yaml --host web1 -o yaml'))
    .action(async (_options: object, command: Command) => {
      await readHosts(context, command, (client, _host, signal) => client.listInterfaces({ signal }), interfaceView);
    });
}
