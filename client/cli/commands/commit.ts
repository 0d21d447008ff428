import type { Command } from 'commander';
import type { Commit } from '../../model/commit.js';
import type { RouteClient } from '../../route-client.js';
import type { CommandContext } from '../command-context.js';
import { parseConfirmWithinMs } from '../options/values.js';
import { addKeepGoing } from '../options/write-options.js';
import { readHosts } from '../read-hosts.js';
import { commitDetailView, commitView } from '../render/commit-view.js';
import { writeHosts } from '../write-hosts.js';
import { addCommitList } from './commit-list.js';
import { examples } from './help.js';

/** `routefleet commit …` */
export function addCommit(program: Command, context: CommandContext): void {
  const commit = program
    .command('commit')
    .summary('settle pending commits, and show the history')
    .description('Confirms, undoes and extends commits that wait for confirmation, and shows what agents have written.');

  addSettling(
    commit.command('confirm'),
    'let a pending commit stand',
    'Lets a pending commit stand. It is asked for over a new connection.',
  )
    .addHelpText('after', examples('routefleet commit confirm 5f0c1a --address web1.example.net'))
    .action((id: string, _options: object, self: Command) =>
      settle(context, self, (client, signal) => client.confirmCommit(id, { signal })),
    );

  addSettling(
    commit.command('cancel'),
    'undo a pending commit now',
    'Undoes a pending commit now, or tries again to undo one whose undoing failed.',
  )
    .option('--abandon', 'of a commit that cannot be undone: give up what is left of it, so that other writes are taken again')
    .addHelpText('after', examples('routefleet commit cancel 5f0c1a --address web1.example.net'))
    .action((id: string, { abandon }: { readonly abandon?: boolean }, self: Command) =>
      settle(context, self, (client, signal) => client.cancelCommit(id, { abandon, signal })),
    );

  addSettling(commit.command('extend'), 'allow more time to confirm', 'Restarts the timer of a pending commit.')
    .requiredOption('--confirm-within <duration>', 'new time to confirm, from now, "2m"')
    .addHelpText('after', examples('routefleet commit extend 5f0c1a --confirm-within 10m --address web1.example.net'))
    .action(async (id: string, { confirmWithin }: { readonly confirmWithin: string }, self: Command) => {
      const confirmWithinMs = parseConfirmWithinMs(confirmWithin);
      await settle(context, self, (client, signal) => client.extendCommit(id, { confirmWithinMs, signal }));
    });

  commit
    .command('show')
    .summary('show one commit with its steps')
    .description('Shows one commit: who asked for it, what it did to which route, and what its probes found.')
    .argument('<id>', 'id of the commit')
    .addHelpText('after', examples('routefleet commit show 5f0c1a --address web1.example.net -o yaml'))
    .action(async (id: string, _options: object, self: Command) => {
      await readHosts(context, self, async (client, _host, signal) => [await client.getCommit(id, { signal })], commitDetailView);
    });

  addCommitList(commit, context);
}

function addSettling(command: Command, summary: string, description: string): Command {
  return addKeepGoing(command.summary(summary).description(description).argument('<id>', 'id of the commit'));
}

async function settle(
  context: CommandContext,
  command: Command,
  act: (client: RouteClient, signal: AbortSignal) => Promise<Commit>,
): Promise<void> {
  await writeHosts(context, command, async (client, _host, signal) => [await act(client, signal)], commitView);
}
