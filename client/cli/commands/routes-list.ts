import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addRouteFilterOptions, type RouteFilterOptions, routeFilterOf } from '../options/route-filter-options.js';
import { readHosts } from '../read-hosts.js';
import { routeView } from '../render/route-view.js';
import { examples } from './help.js';

/** `routefleet routes list` */
export function addRoutesList(routes: Command, context: CommandContext): void {
  const command = routes
    .command('list')
    .summary('list routes')
    .description('Lists the routes of each host, as one consistent snapshot per host. The hosts do the filtering.');
  addRouteFilterOptions(command)
    .addHelpText(
      'after',
      examples(
        'routefleet routes list --inventory fleet.yaml --covering 10.1.2.3',
        'routefleet routes list --address web1.example.net --protocol netMgmt -o json',
      ),
    )
    .action(async (options: RouteFilterOptions, self: Command) => {
      const filter = routeFilterOf(options);
      await readHosts(context, self, (client, _host, signal) => client.listRoutes(filter, { signal }).toArray(), routeView);
    });
}
