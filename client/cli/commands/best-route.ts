import type { Command } from 'commander';
import { encodeBestRouteQuery } from '../../codec/best-route.js';
import type { CommandContext } from '../command-context.js';
import { interfaceSyntax, parseInterfaceText } from '../options/interface-text.js';
import { readHosts } from '../read-hosts.js';
import { bestRouteView } from '../render/best-route-view.js';
import { examples } from './help.js';

interface BestRouteOptions {
  readonly source?: string;
  readonly interface?: string;
}

/** `routefleet best-route` */
export function addBestRoute(program: Command, context: CommandContext): void {
  program
    .command('best-route')
    .summary('show how hosts reach an address')
    .description('Shows the route by which each host would reach an address, and the source address that it would use.')
    .argument('<destination>', 'IP address')
    .option('--source <address>', 'source address that the host shall use')
    .option('--interface <interface>', `interface that the host shall use: ${interfaceSyntax}`)
    .addHelpText('after', examples('routefleet best-route 192.0.2.10 --inventory fleet.yaml'))
    .action(async (destination: string, { source, interface: text }: BestRouteOptions, command: Command) => {
      const query = { destination, source, interface: text === undefined ? undefined : parseInterfaceText(text) };
      encodeBestRouteQuery(query);
      await readHosts(
        context,
        command,
        async (client, _host, signal) => {
          const { route, sourceAddress } = await client.getBestRoute(query, { signal });
          return [{ ...route, destination, sourceAddress }];
        },
        bestRouteView,
      );
    });
}
