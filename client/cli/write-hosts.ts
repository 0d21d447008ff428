import type { Command } from 'commander';
import type { Host } from '../fleet/host.js';
import { hostByHost } from '../fleet/host-by-host.js';
import type { HostTask } from '../fleet/on-host.js';
import { type CommandContext, prepareRun } from './command-context.js';
import { confirmCommand } from './confirm-command.js';
import type { GlobalOptions } from './options/global-options.js';
import { renderPending } from './render/commit-text.js';
import { renderWarning } from './render/plan-summary.js';
import { oneLine, printable } from './render/printable.js';
import { createRenderer } from './render/render.js';
import type { View } from './render/view.js';
import { type WriteRow, writeView } from './render/write-view.js';
import { reportOutcome } from './report.js';

/** Writes rows like {@link writeHosts}, shows what each write did and what to know of it, and tells how to keep commits that are pending. */
export async function writeRoutes(context: CommandContext, command: Command, task: HostTask<readonly WriteRow[]>): Promise<void> {
  const style = { color: context.io.color.stderr };
  await writeHosts(context, command, task, writeView, (host, rows) => {
    const notes = rows.flatMap(({ registryValues = [], warnings = [], dryRun }) => [
      ...registryValues.map((name) => `  ${dryRun ? 'would also go' : 'also gone'} from the registry: ${oneLine(name)}\n`),
      ...warnings.map((warning) => renderWarning(warning, style)),
    ]);
    const head = notes.length === 0 ? '' : `${printable(host.name)}:\n`;
    return `${head}${notes.join('')}${pendingText(host, rows, command)}`;
  });
}

function pendingText(host: Host, rows: readonly WriteRow[], command: Command): string {
  const commit = rows.find((row) => row.commit !== undefined)?.commit;
  if (commit === undefined) return '';
  const pending = renderPending(commit, confirmCommand(commit.id, host, command.optsWithGlobals<GlobalOptions>()));
  return pending === '' ? '' : `${printable(host.name)}: commit ${printable(commit.id)} is pending\n${pending}`;
}

/** Writes to one host after the other, and stops at the first failure unless told to keep going. `remark` is for standard error. */
export async function writeHosts<Row extends object>(
  { io, finish }: CommandContext,
  command: Command,
  task: HostTask<readonly Row[]>,
  view: View<Row>,
  remark: (host: Host, rows: readonly Row[]) => string = () => '',
): Promise<void> {
  const run = await prepareRun(command, io, { writes: true });
  const { hosts, connector, output, color } = run;
  const { keepGoing } = command.opts<{ keepGoing?: boolean }>();
  const { results, untouched } = await hostByHost(hosts, task, { connector, keepGoing, signal: io.signal });
  const done = results.flatMap((result) => (result.ok ? [result] : []));
  const rows = done.flatMap(({ host, value }) => value.map((row) => ({ host: host.name, row })));
  const renderer = createRenderer(output, view, { hostColumn: hosts.length > 1, color });
  io.stdout.write(renderer.add(rows));
  if (output !== 'table' || rows.length > 0) io.stdout.write(renderer.end());
  io.stderr.write(done.map(({ host, value }) => remark(host, value)).join(''));
  finish(reportOutcome(results, untouched, run, io));
}
