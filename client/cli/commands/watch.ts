import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { followHosts } from '../follow-hosts.js';
import { addRouteFilterOptions, type RouteFilterOptions, routeFilterOf } from '../options/route-filter-options.js';
import { examples } from './help.js';

interface WatchCommandOptions extends RouteFilterOptions {
  readonly snapshot?: boolean;
}

/** `routefleet watch` */
export function addWatch(program: Command, context: CommandContext): void {
  const command = program
    .command('watch')
    .summary('show changes of routes as they happen')
    .description(
      [
        'Shows every change of the routes of each host as it happens, and what made it, until Ctrl-C. Lost connections and restarts of agents are told, and what changed meanwhile is shown. The hosts do the filtering; a row that no longer passes is "removed".',
        'Lines begin with the time, in UTC: of changes by the clock of the host, of all else by that of this machine. Then the host, and "+" added, "~" changed, "-" removed or "=" present. How the watch itself goes is on standard error, or with -o ndjson in the same stream. Neither --timeout nor --concurrency bounds it.',
      ].join('\n\n'),
    );
  addRouteFilterOptions(command)
    .option('--snapshot', 'begin with the rows that are there')
    .addHelpText(
      'after',
      examples(
        'routefleet watch --inventory fleet.yaml',
        'routefleet watch --inventory fleet.yaml -l site=ams --within 10.0.0.0/8 --snapshot',
        'routefleet watch --inventory fleet.yaml --owner team-net -o ndjson | jq \'select(.cause == "external")\'',
      ),
    )
    .action(async ({ snapshot = false, ...options }: WatchCommandOptions, self: Command) => {
      await followHosts(context, self, { filter: routeFilterOf(options), snapshot });
    });
}
