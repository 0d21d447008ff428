import type { Command } from 'commander';
import { encodeRouteSpec } from '../../codec/route-spec.js';
import type { CommandContext } from '../command-context.js';
import { addRouteSpecOptions, type RouteSpecOptions, routeSpecOf } from '../options/route-options.js';
import { addWriteOptions, type WriteCommandOptions, writeOptionsOf } from '../options/write-options.js';
import { changedRow } from '../render/write-view.js';
import { UsageError } from '../usage-error.js';
import { writeRoutes } from '../write-hosts.js';
import { examples } from './help.js';

interface SetOptions extends RouteSpecOptions, WriteCommandOptions {
  readonly etag?: string;
}

/** `routefleet routes set` */
export function addRoutesSet(routes: Command, context: CommandContext): void {
  const command = routes
    .command('set')
    .summary('change a route')
    .description('Changes an existing route (SetIpForwardEntry) and never creates one. What is not given stays as it is.')
    .argument('<prefix>', 'destination prefix, "10.0.0.0/8"');
  addWriteOptions(addRouteSpecOptions(command))
    .option('--etag <etag>', 'refuse if the route has changed since it was read')
    .addHelpText('after', examples('routefleet routes set 10.9.0.0/16 --next-hop 10.0.0.254 --metric 20 --address web1.example.net'))
    .action(async (prefix: string, options: SetOptions, self: Command) => {
      const { etag, owner, dryRun = false } = options;
      const spec = routeSpecOf(prefix, options);
      const writeOptions = writeOptionsOf(options);
      encodeRouteSpec(spec);
      const { metric, validLifetimeSeconds, preferredLifetimeSeconds, publish } = spec;
      if ([metric, validLifetimeSeconds, preferredLifetimeSeconds, publish, owner].every((value) => value === undefined)) {
        throw new UsageError(
          'nothing is given to change',
          'give --metric, --valid-lifetime, --preferred-lifetime, --publish, --no-publish or --owner',
        );
      }
      await writeRoutes(context, self, async (client, _host, signal) => [
        changedRow(await client.setRoute(spec, { ...writeOptions, etag, signal }), dryRun),
      ]);
    });
}
