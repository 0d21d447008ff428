import type { Command } from 'commander';
import { type ApplyToHostOptions, applyFailure, applyToHost } from '../fleet/apply-to-host.js';
import type { Host } from '../fleet/host.js';
import { hostByHost } from '../fleet/host-by-host.js';
import type { ApplyResult } from '../model/apply-result.js';
import type { Change } from '../model/change.js';
import { type CommandContext, prepareRun } from './command-context.js';
import { confirmCommand } from './confirm-command.js';
import type { GlobalOptions } from './options/global-options.js';
import { createProgressLine } from './progress.js';
import { createApplyView } from './render/apply-view.js';
import { createRenderer } from './render/render.js';
import { reportOutcome } from './report.js';
import { UsageError } from './usage-error.js';

/** Applies a change to one host after the other, shows each as soon as it is done, and stops at the first failure. */
export async function applyHosts(
  { io, finish }: CommandContext,
  command: Command,
  change: Change,
  options: ApplyToHostOptions,
): Promise<void> {
  const run = await prepareRun(command, io, { writes: true });
  const { hosts, connector, output, color } = run;
  if (options.planToken !== undefined && hosts.length > 1) {
    throw new UsageError('--require-plan is for a single host: every host has a plan of its own', 'choose one host, or leave it out');
  }
  const hostNamed = new Map(hosts.map((host) => [host.name, host]));
  const globals = command.optsWithGlobals<GlobalOptions>();
  const view = createApplyView((name, commitId) => confirmCommand(commitId, hostNamed.get(name) as Host, globals));
  const renderer = createRenderer(output, view, { hostColumn: hosts.length > 1, color });
  let shown = 0;
  let partlyDone = 0;

  async function applyTo(...[client, host, signal]: Parameters<Parameters<typeof hostByHost<ApplyResult>>[1]>): Promise<ApplyResult> {
    const progress = createProgressLine(io, host.name);
    const result = await applyToHost(client, change, { ...options, signal, onProgress: progress.show }).finally(progress.clear);
    io.stdout.write(renderer.add([{ host: host.name, row: result }]));
    shown += 1;
    const failure = applyFailure(result, host.address);
    if (failure === undefined) return result;
    if (isPartlyDone(result)) partlyDone += 1;
    throw failure;
  }

  const { results, untouched } = await hostByHost(hosts, applyTo, { connector, signal: io.signal });
  if (output !== 'table' || shown > 0) io.stdout.write(renderer.end());
  finish(reportOutcome(results, untouched, run, io, { partlyDone }));
}

/** Something was done, and stands although something else failed. */
function isPartlyDone({ results, commit }: ApplyResult): boolean {
  return (commit?.state === 'committed' || commit?.state === 'pendingConfirmation') && results.some(({ ok }) => ok);
}
