import type { Command } from 'commander';
import { encodeRouteKey } from '../../codec/route-spec.js';
import { RouteError } from '../../errors/route-error.js';
import type { RouteClient } from '../../route-client.js';
import type { CommandContext } from '../command-context.js';
import { addRouteKeyOptions, type RouteKeyOptions, routeKeyOf } from '../options/route-options.js';
import { addWriteOptions, type WriteCommandOptions, writeOptionsOf } from '../options/write-options.js';
import { deletedRow } from '../render/write-view.js';
import { writeRoutes } from '../write-hosts.js';
import { examples } from './help.js';

interface DeleteOptions extends RouteKeyOptions, WriteCommandOptions {
  readonly allowMissing?: boolean;
  readonly alsoRegistry?: boolean;
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
    .option(
      '--also-registry',
      'delete it from the registry as well, from where Windows makes persistent routes at boot ("route -p add"); IPv4 alone, undone with the commit',
    )
    .option('--etag <etag>', 'refuse if the route has changed since it was read')
    .addHelpText(
      'after',
      examples(
        'routefleet routes delete 10.9.0.0/16 --next-hop 10.0.0.254 --inventory fleet.yaml --host "web*"',
        'routefleet routes delete 10.9.0.0/16 --next-hop 10.0.0.254 --also-registry --confirm-within 2m --address web1.example.net',
      ),
    )
    .action(async (prefix: string, options: DeleteOptions, self: Command) => {
      const { allowMissing, alsoRegistry, etag, dryRun = false } = options;
      const key = routeKeyOf(prefix, options);
      const writeOptions = writeOptionsOf(options);
      encodeRouteKey(key);
      await writeRoutes(context, self, async (client, _host, signal) => {
        if (alsoRegistry) await requireRegistry(client, signal);
        const answer = await client.deleteRoute(key, { ...writeOptions, allowMissing, alsoRegistry, etag, signal });
        return [deletedRow(answer, key, dryRun)];
      });
    });
}

/** An agent that does not know the option would delete the row alone. */
async function requireRegistry(client: RouteClient, signal: AbortSignal): Promise<void> {
  const { hostName, capabilities } = await client.getAgent({ signal });
  if (capabilities.registry) return;
  throw new RouteError({
    code: 'FAILED_PRECONDITION',
    reason: 'NOT_SUPPORTED',
    message: `--also-registry: the agent of ${hostName} knows no registry of its host`,
    remedy: 'leave the option out, or update the agent if the host has a registry',
    address: client.address,
  });
}
