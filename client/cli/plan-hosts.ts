import type { Command } from 'commander';
import { type HostPlan, planFleet } from '../fleet/fleet-plan.js';
import type { HostResult } from '../fleet/on-host.js';
import { collectPlan, type PlanCollector } from '../fleet/saved-plan.js';
import { checkPlanTarget, writePlan } from '../fleet/saved-plan-file.js';
import type { CommandContext } from './command-context.js';
import { type DesiredRun, prepareDesiredRun } from './desired-run.js';
import { exitCodeOf } from './exit-code.js';
import type { CliIo } from './io.js';
import { type DesiredStateOptions, desiredChangeOf } from './options/desired-state-options.js';
import { renderFailures } from './render/failures.js';
import { createFleetReport } from './render/fleet-report.js';
import { hostList } from './render/host-list.js';
import { hasChanges } from './render/plan-summary.js';
import { createPlanView } from './render/plan-view.js';
import type { PlanWords } from './render/plan-words.js';
import { printable } from './render/printable.js';
import { createRenderer } from './render/render.js';
import { reportOutcome } from './report.js';

/** What becomes of the plans of a fleet. */
export interface PlanHostsOptions extends DesiredStateOptions {
  /** File to save them in. Absent: they are only shown. */
  readonly out?: string | undefined;
}

/**
 * Plans all hosts at once and shows one report, in which hosts that are alike are one entry; other forms than text have one document per host. A host that
 * is down does not hide the others. The exit code says whether anything differs.
 */
export async function planHosts(
  { io, finish }: CommandContext,
  command: Command,
  options: PlanHostsOptions,
  words: PlanWords,
): Promise<void> {
  const { out } = options;
  const { state, options: change } = await desiredChangeOf(options);
  const run = await prepareDesiredRun(command, io, state, { writes: false });
  if (out !== undefined) await checkPlanTarget(out);
  const collector = out === undefined ? undefined : collectPlan({ inventory: run.inventory, file: state.file, options: change });
  const show = createShow(run, words);
  const results: HostResult<null>[] = [];
  let changes = false;
  const { connector, concurrency, workers } = run;
  const plans = planFleet(run.targets, { change, withBootId: out !== undefined, connector, concurrency, workers, signal: io.signal });
  for await (const result of plans) {
    collector?.add(result);
    if (result.ok) changes ||= hasChanges(result.value.plan);
    io.stdout.write(show.add(result));
    // Plans of a fleet need not be in memory once they are told.
    results.push(result.ok ? { ...result, value: null } : result);
  }
  io.stdout.write(show.end(results.filter(({ ok }) => !ok).length));
  if (collector !== undefined && out !== undefined && !io.signal.aborted) await save(collector, out, io);
  finish(report(results, changes, run, io));
}

/** Text of plans, as soon as it can go out. */
interface Show {
  add(result: HostResult<HostPlan>): string;
  end(failed: number): string;
}

function createShow({ hosts, output, color }: DesiredRun, words: PlanWords): Show {
  if (output === 'table' && hosts.length > 1) {
    const report = createFleetReport(words, { color });
    return {
      add(result) {
        if (result.ok) report.add(result.host.name, result.value.plan);
        return '';
      },
      end: report.end,
    };
  }
  const renderer = createRenderer(output, createPlanView(words), { hostColumn: hosts.length > 1, color });
  return {
    add: (result) => (result.ok ? renderer.add([{ host: result.host.name, row: result.value.plan }]) : ''),
    end: renderer.end,
  };
}

function report(results: readonly HostResult<null>[], changes: boolean, run: DesiredRun, io: CliIo): ReturnType<typeof exitCodeOf> {
  if (run.hosts.length === 1) return reportOutcome(results, [], run, io, { changes });
  io.stderr.write(renderFailures(results, run.errorColor));
  const errors = results.flatMap((result) => (result.ok ? [] : [result.error]));
  return exitCodeOf({ succeeded: results.length - errors.length, errors, untouched: 0, interrupted: io.signal.aborted, changes });
}

/** On standard error, so that the output can be piped. */
async function save(collector: PlanCollector, out: string, { stderr }: CliIo): Promise<void> {
  const plan = collector.end();
  if (plan === undefined) {
    stderr.write('no plan was saved: not one host was planned\n');
    return;
  }
  await writePlan(out, plan);
  const { hosts, unplanned } = plan;
  const without = unplanned.length === 0 ? '' : `, without ${hostList(unplanned.map(({ name }) => name))}`;
  stderr.write(`plan of ${hosts.length} host${hosts.length === 1 ? '' : 's'}${without} saved in ${printable(out)}\n`);
}
