import type { Command } from 'commander';
import { createFileStore } from '../../fleet/rollout/file-store.js';
import { parseHostGlob } from '../../fleet/selector.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import type { GlobalOptions } from '../options/global-options.js';
import { parseDurationMs } from '../options/values.js';
import { checkRolloutOutput } from '../rollout/drive-rollout.js';
import { showHistory } from '../rollout/show-history.js';
import { UsageError } from '../usage-error.js';
import { examples } from './help.js';

interface HistoryOptions {
  readonly since?: string;
}

/** `routefleet history` */
export function addHistory(program: Command, context: CommandContext): void {
  program
    .command('history')
    .summary('tell what rollouts did, event by event')
    .description(
      'Tells everything that the rollouts of this machine did, oldest first: who began them, wave by wave, what became of each host and why, what people asked for. Times are in UTC, by the clock of this machine. --host narrows it to hosts, and needs no inventory. What each host itself remembers is told by "routefleet commit list".',
    )
    .argument('[id]', 'only this rollout')
    .option('--since <duration>', 'only what happened within this time, "2h", "7d"')
    .addHelpText(
      'after',
      examples('routefleet history --since 7d', 'routefleet history --host web7', 'routefleet history 20261124-123142-a1b2c3 -o ndjson'),
    )
    .action(async (id: string | undefined, { since }: HistoryOptions, self: Command) => {
      const { output, color, rolloutsDir, host: globs, selector, limit, address } = self.optsWithGlobals<GlobalOptions>();
      checkRolloutOutput(output);
      if (selector !== undefined || limit !== undefined || address !== undefined) {
        throw new UsageError(
          '--selector, --limit and --address are not for a history: it knows hosts by their names',
          'choose with --host',
        );
      }
      const tests = globs?.map(parseHostGlob);
      const complete = await showHistory(context.io, createFileStore(rolloutsDir), {
        id,
        from: since === undefined ? undefined : Date.now() - parseDurationMs(since, '--since'),
        only: tests && ((name) => tests.some((fits) => fits(name))),
        output,
        color: color && context.io.color.stdout,
      });
      context.finish(complete ? exitCodes.ok : exitCodes.failed);
    });
}
