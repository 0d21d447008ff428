import type { Command } from 'commander';
import { applyFailure } from '../fleet/apply-to-host.js';
import type { Host } from '../fleet/host.js';
import { hostByHost } from '../fleet/host-by-host.js';
import type { HostTask } from '../fleet/on-host.js';
import type { ApplyResult } from '../model/apply-result.js';
import type { ApplyOptions } from '../model/call-options.js';
import type { RouteClient } from '../route-client.js';
import type { CommandContext, FleetRun } from './command-context.js';
import { confirmCommand } from './confirm-command.js';
import type { GlobalOptions } from './options/global-options.js';
import { createProgressLine } from './progress.js';
import { createApplyView } from './render/apply-view.js';
import { createRenderer } from './render/render.js';
import { reportOutcome } from './report.js';

/** Applies what a host shall have. `options` are for the calls. */
export type ApplyTask = (client: RouteClient, host: Host, options: Pick<ApplyOptions, 'signal' | 'onProgress'>) => Promise<ApplyResult>;

/** Applies to one host after the other, shows each as soon as it is done, and stops at the first failure. */
export async function applyHosts({ io, finish }: CommandContext, command: Command, run: FleetRun, apply: ApplyTask): Promise<void> {
  const { hosts, connector, output, color } = run;
  const hostNamed = new Map(hosts.map((host) => [host.name, host]));
  const globals = command.optsWithGlobals<GlobalOptions>();
  const view = createApplyView((name, commitId) => confirmCommand(commitId, hostNamed.get(name) as Host, globals));
  const renderer = createRenderer(output, view, { hostColumn: hosts.length > 1, color });
  io.finishUnheard?.();
  let shown = 0;
  let partlyDone = 0;

  const applyTo: HostTask<ApplyResult> = async (client, host, signal) => {
    const progress = createProgressLine(io, host.name);
    const result = await apply(client, host, { signal, onProgress: progress.show }).finally(progress.clear);
    io.stdout.write(renderer.add([{ host: host.name, row: result }]));
    shown += 1;
    const failure = applyFailure(result, host.address);
    if (failure === undefined) return result;
    if (isPartlyDone(result)) partlyDone += 1;
    throw failure;
  };

  const { results, untouched } = await hostByHost(hosts, applyTo, { connector, signal: io.signal });
  if (output !== 'table' || shown > 0) io.stdout.write(renderer.end());
  finish(reportOutcome(results, untouched, run, io, { partlyDone }));
}

/** Something was done, and stands although something else failed. */
function isPartlyDone({ results, commit }: ApplyResult): boolean {
  return (commit?.state === 'committed' || commit?.state === 'pendingConfirmation') && results.some(({ ok }) => ok);
}
