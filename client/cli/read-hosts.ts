import type { Command } from 'commander';
import { forEachHost } from '../fleet/for-each-host.js';
import type { HostResult, HostTask } from '../fleet/on-host.js';
import { type CommandContext, prepareRun } from './command-context.js';
import { createRenderer } from './render/render.js';
import type { DocumentView, View } from './render/view.js';
import { reportOutcome } from './report.js';

/**
 * Reads rows from all hosts at once and shows them in the order of the hosts; a host that is down does not hide the others. With `isChange`, the
 * exit code says whether there is one.
 */
export async function readHosts<Row extends object>(
  { io, finish }: CommandContext,
  command: Command,
  task: HostTask<readonly Row[]>,
  view: View<Row> | DocumentView<Row>,
  isChange?: (row: Row) => boolean,
): Promise<void> {
  const run = await prepareRun(command, io, { writes: false });
  const { hosts, connector, concurrency, output, color } = run;
  const renderer = createRenderer(output, view, { hostColumn: hosts.length > 1, color });
  const results: HostResult<null>[] = [];
  let changes = false;
  for await (const result of forEachHost(hosts, task, { connector, concurrency, signal: io.signal })) {
    if (result.ok) io.stdout.write(renderer.add(result.value.map((row) => ({ host: result.host.name, row }))));
    if (result.ok && isChange !== undefined) changes ||= result.value.some(isChange);
    // The rows are the renderer's now: a fleet's tables need not be in memory twice.
    results.push(result.ok ? { ...result, value: null } : result);
  }
  if (output !== 'table' || results.some(({ ok }) => ok)) io.stdout.write(renderer.end());
  finish(reportOutcome(results, [], run, io, { changes }));
}
