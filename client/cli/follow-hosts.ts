import type { Command } from 'commander';
import type { RouteError } from '../errors/route-error.js';
import { watchHosts } from '../fleet/watch-hosts.js';
import type { RouteFilter } from '../model/route-filter.js';
import { type CommandContext, type FleetRun, prepareRun } from './command-context.js';
import { exitCodeOf } from './exit-code.js';
import { pacedWrite } from './paced-write.js';
import { createLineRenderer } from './render/watch-lines.js';
import { createObjectRenderer } from './render/watch-objects.js';
import type { WatchRenderer } from './render/watch-renderer.js';
import { UsageError } from './usage-error.js';

/** What is followed. */
export interface FollowHostsOptions {
  readonly filter: RouteFilter;
  /** Begin with the rows that are there. */
  readonly snapshot: boolean;
}

/** Shows what happens on all hosts, as it happens, until it is interrupted or none of them can be watched any more. */
export async function followHosts({ io, finish }: CommandContext, command: Command, options: FollowHostsOptions): Promise<void> {
  const { stdout, stderr, signal } = io;
  const run = await prepareRun(command, io, { writes: false });
  const { hosts, connector } = run;
  const render = rendererOf(run);
  const errors: RouteError[] = [];
  for await (const event of watchHosts(hosts, { connector, filter: options.filter, rows: options.snapshot, signal })) {
    if (event.type === 'failed') errors.push(event.error);
    const texts = render(event);
    stderr.write(texts.stderr);
    await pacedWrite(stdout, texts.stdout, signal);
  }
  finish(exitCodeOf({ succeeded: hosts.length - errors.length, errors, untouched: 0, interrupted: signal.aborted }));
}

/** @throws UsageError for forms that are one whole */
function rendererOf({ hosts, output, color, errorColor }: FleetRun): WatchRenderer {
  switch (output) {
    case 'table':
      return createLineRenderer({ hosts: hosts.map(({ name }) => name), color, errorColor });
    case 'ndjson':
      return createObjectRenderer(errorColor);
    case 'json':
    case 'yaml':
    case 'csv':
      throw new UsageError(
        `"-o ${output}" has no form for this command: a watch has no end`,
        'give -o ndjson for one object per line, or leave it out for text',
      );
  }
}
