import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import type { RouteError } from '../../errors/route-error.js';
import { planFleet } from '../../fleet/fleet-plan.js';
import type { FailedHost } from '../../fleet/on-host.js';
import { type Candidate, newRollout } from '../../fleet/rollout/new-rollout.js';
import type { RolloutChangeOptions } from '../../fleet/rollout/rollout-spec.js';
import type { RolloutStore } from '../../fleet/rollout/rollout-store.js';
import type { CommandContext, FleetRun } from '../command-context.js';
import { prepareDesiredRun } from '../desired-run.js';
import { areInputProblems, type ExitCode, exitCodeOf, exitCodes } from '../exit-code.js';
import type { CliIo } from '../io.js';
import { desiredChangeOf } from '../options/desired-state-options.js';
import type { GlobalOptions } from '../options/global-options.js';
import { type RolloutStartOptions, rolloutChangeOptionsOf, rolloutPolicyOf } from '../options/rollout-options.js';
import { parseDurationMs } from '../options/values.js';
import { renderFailures } from '../render/failures.js';
import { createFleetReport } from '../render/fleet-report.js';
import { hasChanges } from '../render/plan-summary.js';
import { planWords } from '../render/plan-words.js';
import { driveRollout } from './drive-rollout.js';

/** What is rolled out, to whom. */
export interface RolloutGround {
  readonly run: FleetRun;
  readonly candidates: readonly Candidate[];
  /** Where the routes came from, for people. */
  readonly source: string;
  readonly options: RolloutChangeOptions;
}

/** Plans a desired state on all hosts, shows the plan, and drives it through the waves. */
export async function startFromFile(
  context: CommandContext,
  command: Command,
  options: RolloutStartOptions & { readonly file: string },
  store: RolloutStore,
): Promise<void> {
  const change = rolloutChangeOptionsOf(options);
  const { state, options: desired } = await desiredChangeOf(options);
  const run = await prepareDesiredRun(command, context.io, state, { writes: true });
  // What cannot be is found before any host is asked.
  rolloutPolicyOf(options, { ...run, ...change, hostCount: run.hosts.length });
  const planned = await planAll(context.io, run, desired);
  if ('code' in planned) {
    context.finish(planned.code);
    return;
  }
  await begin(context, command, options, store, {
    run,
    candidates: planned.candidates,
    source: state.file,
    options: { ...change, owner: state.owner, driftPolicy: state.driftPolicy },
  });
}

/** As what a host counts that failed before the rollout begins. */
export function problemOf({ reason, message, remedy }: RouteError): NonNullable<Candidate['problem']> {
  const isUnreachable = reason === 'UNREACHABLE' || reason === 'DEADLINE_EXCEEDED';
  return { reason, message, remedy, outcome: isUnreachable ? 'unreachable' : 'failed' };
}

/** Keeps the rollout, and drives it. */
export async function begin(
  context: CommandContext,
  command: Command,
  start: RolloutStartOptions,
  store: RolloutStore,
  { run, candidates, source, options }: RolloutGround,
): Promise<void> {
  const { io, finish } = context;
  const problems = candidates.flatMap(({ problem }) => problem ?? []);
  const unreachable = problems.filter(({ outcome }) => outcome === 'unreachable').length;
  const policy = rolloutPolicyOf(start, { ...run, ...options, hostCount: candidates.length });
  if (unreachable > policy.maxUnreachable || problems.length - unreachable > policy.maxFailures) {
    io.stderr.write('no rollout is begun: more hosts failed already than may\n');
    finish(failureCode(candidates));
    return;
  }
  if (problems.length === candidates.length) {
    // Whatever may fail: what is to be done is not known of any.
    io.stderr.write('no rollout is begun: not one host could be planned\n');
    finish(failureCode(candidates));
    return;
  }
  if (!candidates.some(({ plan }) => plan?.hasChanges)) {
    io.stderr.write('no rollout is begun: there is nothing to do\n');
    finish(problems.length === 0 ? exitCodes.ok : exitCodes.partlyFailed);
    return;
  }
  const { insecure = false, output, color, timeout } = command.optsWithGlobals<GlobalOptions>();
  const timeoutMs = timeout === undefined ? undefined : parseDurationMs(timeout, '--timeout');
  // Whoever resumes it shall not have to say so again.
  const timed = candidates.map((each) => ({ ...each, host: { ...each.host, timeoutMs: timeoutMs ?? each.host.timeoutMs } }));
  const gate = start.gate === undefined ? undefined : { command: start.gate, directory: process.cwd() };
  const ground = { candidates: timed, policy, source, options, insecure, gate, startedBy: whoami(), createdAt: Date.now() };
  const rollout = await store.create(newRollout(ground));
  await driveRollout(context, rollout, { output, color, workers: run.workers?.count });
}

/** Of a rollout that is not begun, since hosts failed. */
function failureCode(candidates: readonly Candidate[]): ExitCode {
  const problems = candidates.flatMap(({ problem }) => problem ?? []);
  if (problems.length < candidates.length) return exitCodes.failed;
  if (problems.every(({ outcome }) => outcome === 'unreachable')) return exitCodes.unreachable;
  return areInputProblems(problems) ? exitCodes.usage : exitCodes.failed;
}

type Planned = { readonly candidates: readonly Candidate[] } | { readonly code: ExitCode };

async function planAll(
  { stdout, stderr, signal }: CliIo,
  run: Awaited<ReturnType<typeof prepareDesiredRun>>,
  change: Parameters<typeof planFleet>[1]['change'],
): Promise<Planned> {
  const { targets, connector, concurrency, workers, output, color, errorColor } = run;
  const report = createFleetReport(planWords, { color });
  const routesOf = new Map(targets.map(({ host, routes }) => [host, routes]));
  const candidates: Candidate[] = [];
  const failed: FailedHost[] = [];
  for await (const result of planFleet(targets, { change, connector, concurrency, workers, signal })) {
    const routes = routesOf.get(result.host) ?? [];
    if (!result.ok) {
      failed.push(result);
      candidates.push({ host: result.host, routes, problem: problemOf(result.error) });
      continue;
    }
    const { planToken, revision } = result.value.plan;
    report.add(result.host.name, result.value.plan);
    candidates.push({ host: result.host, routes, plan: { planToken, revision, hasChanges: hasChanges(result.value.plan) } });
  }
  // Of a thousand hosts for the same reason once.
  stderr.write(renderFailures(failed, errorColor));
  if (output === 'table') stdout.write(report.end(failed.length));
  if (!signal.aborted) return { candidates };
  const errors = failed.map(({ error }) => error);
  return { code: exitCodeOf({ succeeded: 0, errors, untouched: targets.length, interrupted: true }) };
}

/** "jane@noc1" */
function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // The system has no name for this user.
    return hostname();
  }
}
