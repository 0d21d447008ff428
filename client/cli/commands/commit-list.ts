import type { Command } from 'commander';
import type { Commit } from '../../model/commit.js';
import type { CommandContext } from '../command-context.js';
import { parseInteger } from '../options/values.js';
import { readHosts } from '../read-hosts.js';
import { commitView } from '../render/commit-view.js';
import { examples } from './help.js';

interface CommitListOptions {
  readonly owner?: string;
  readonly last: string;
}

/** Commits in one answer of an agent. */
const pageSize = 100;

/** `routefleet commit list` */
export function addCommitList(commit: Command, context: CommandContext): void {
  commit
    .command('list')
    .summary('show the history')
    .description('Lists the commits of each host, newest first.')
    .option('--owner <owner>', 'only of this owner')
    .option('--last <n>', 'commits of each host', '20')
    .addHelpText('after', examples('routefleet commit list --inventory fleet.yaml --owner team-net --last 5'))
    .action(async ({ owner, last }: CommitListOptions, self: Command) => {
      const count = parseInteger(last, '--last', 1, 1_000_000);
      await readHosts(
        context,
        self,
        async (client, _host, signal) => {
          const commits: Commit[] = [];
          for await (const each of client.listCommits({ owner, pageSize: Math.min(count, pageSize) }, { signal })) {
            commits.push(each);
            if (commits.length === count) break;
          }
          return commits;
        },
        commitView,
      );
    });
}
