import type { Command } from 'commander';
import { encodeRouteKey } from '../../codec/route-spec.js';
import type { CommandContext } from '../command-context.js';
import { addRouteKeyOptions, type RouteKeyOptions, routeKeyOf } from '../options/route-options.js';
import { readHosts } from '../read-hosts.js';
import { routeView } from '../render/route-view.js';
import { examples } from './help.js';

/** `routefleet routes get` */
export function addRoutesGet(routes: Command, context: CommandContext): void {
  addRouteKeyOptions(
    routes.command('get').summary('show one route').description('Shows the route with this prefix, next hop and interface.'),
  )
    .argument('<prefix>', 'destination prefix, "10.0.0.0/8"')
    .addHelpText('after', examples('routefleet routes get 0.0.0.0/0 --next-hop 10.0.0.1 --address web1.example.net -o yaml'))
    .action(async (prefix: string, options: RouteKeyOptions, command: Command) => {
      const key = routeKeyOf(prefix, options);
      encodeRouteKey(key);
      await readHosts(context, command, async (client, _host, signal) => [await client.getRoute(key, { signal })], routeView);
    });
}
