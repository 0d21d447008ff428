import type { Command } from 'commander';
import { encodeRouteKey } from '../../codec/route-spec.js';
import type { CommandContext } from '../command-context.js';
import { addRouteKeyOptions, type RouteKeyOptions, routeKeyOf } from '../options/route-options.js';
import { addWriteOptions, type WriteCommandOptions, writeOptionsOf } from '../options/write-options.js';
import { deletedRow } from '../render/write-view.js';
import { writeRoutes } from '../write-hosts.js';
import { examples } from './help.js';

interface DeleteOptions extends RouteKeyOptions, WriteCommandOptions {
  readonly allowMissing?: boolean;
  readonly etag?: string;
}

/** `routefleet routes delete` */
export function addRoutesDelete(routes: Command, context: CommandContext): void {
  const command = routes
    .command('delete')
    .summary('delete a route')
    .description('Deletes a route (DeleteIpForwardEntry), on one host after the other.')
    .argument('<prefix>', 'destination prefix, "10.0.0.0/8"');
  addWriteOptions(addRouteKeyOptions(command))
    .option('--allow-missing', 'a route that is not there is a success, so that the command can be repeated')
    .option('--etag <etag>', 'refuse if the route has changed since it was read')
    .addHelpText('after', examples('routefleet routes delete 10.9.0.0/16 --next-hop 10.0.0.254 --inventory fleet.yaml --host "web*"'))
    .action(async (prefix: string, options: DeleteOptions, self: Command) => {
      const { allowMissing, etag, dryRun = false } = options;
      const key = routeKeyOf(prefix, options);
      const writeOptions = writeOptionsOf(options);
      encodeRouteKey(key);
      await writeRoutes(context, self, async (client, _host, signal) => [
        deletedRow(await client.deleteRoute(key, { ...writeOptions, allowMissing, etag, signal }), key, dryRun),
      ]);
    });
}
