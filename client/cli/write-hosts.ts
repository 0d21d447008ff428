import type { Command } from 'commander';
import { hostByHost } from '../fleet/host-by-host.js';
import type { HostTask } from '../fleet/on-host.js';
import { type CommandContext, prepareRun } from './command-context.js';
import { createRenderer } from './render/render.js';
import { type WriteRow, writeView } from './render/write-view.js';
import { reportOutcome } from './report.js';

/** Writes to one host after the other, and stops at the first failure unless told to keep going. */
export async function writeHosts({ io, finish }: CommandContext, command: Command, task: HostTask<WriteRow>): Promise<void> {
  const run = await prepareRun(command, io, { writes: true });
  const { hosts, connector, output, color } = run;
  const { keepGoing } = command.opts<{ keepGoing?: boolean }>();
  const { results, untouched } = await hostByHost(hosts, task, { connector, keepGoing, signal: io.signal });
  const rows = results.flatMap((result) => (result.ok ? [{ host: result.host.name, row: result.value }] : []));
  const renderer = createRenderer(output, writeView, { hostColumn: hosts.length > 1, color });
  io.stdout.write(renderer.add(rows));
  if (output !== 'table' || rows.length > 0) io.stdout.write(renderer.end());
  finish(reportOutcome(results, untouched, run, io));
}
