import type { Command } from 'commander';
import { encodeRouteSpec } from '../../codec/route-spec.js';
import type { CommandContext } from '../command-context.js';
import { addRouteSpecOptions, type RouteSpecOptions, routeSpecOf } from '../options/route-options.js';
import { addWriteOptions, type WriteCommandOptions, writeOptionsOf } from '../options/write-options.js';
import { createdRow } from '../render/write-view.js';
import { writeRoutes } from '../write-hosts.js';
import { examples } from './help.js';

interface AddOptions extends RouteSpecOptions, WriteCommandOptions {
  readonly allowExisting?: boolean;
}

/** `routefleet routes add` */
export function addRoutesAdd(routes: Command, context: CommandContext): void {
  const command = routes
    .command('add')
    .summary('create a route')
    .description('Creates a route (CreateIpForwardEntry), on one host after the other, and reads it back.')
    .argument('<prefix>', 'destination prefix, "10.0.0.0/8"');
  addWriteOptions(addRouteSpecOptions(command))
    .option('--allow-existing', 'a route that is already there as asked is a success, so that the command can be repeated')
    .addHelpText(
      'after',
      examples(
        'routefleet routes add 10.9.0.0/16 --next-hop 10.0.0.254 --address web1.example.net',
        'routefleet routes add 10.9.0.0/16 --next-hop 10.0.0.254 --metric 5 --inventory fleet.yaml -l site=ams --dry-run',
        'routefleet routes add 10.9.0.0/16 --next-hop 10.0.0.254 --owner team-net --persistent --confirm-within 2m --address web1.example.net',
      ),
    )
    .action(async (prefix: string, options: AddOptions, self: Command) => {
      const { allowExisting, dryRun = false } = options;
      const spec = routeSpecOf(prefix, options);
      const writeOptions = writeOptionsOf(options);
      encodeRouteSpec(spec);
      await writeRoutes(context, self, async (client, _host, signal) => [
        createdRow(await client.createRoute(spec, { ...writeOptions, allowExisting, signal }), dryRun),
      ]);
    });
}
