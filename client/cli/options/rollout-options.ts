import { type Command, Option } from 'commander';
import type { RolloutPolicy } from '../../fleet/rollout/rollout-policy.js';
import type { RolloutChangeOptions } from '../../fleet/rollout/rollout-spec.js';
import { parseWaves } from '../../fleet/rollout/waves.js';
import { UsageError } from '../usage-error.js';
import { parseDurationMs, parseInteger } from './values.js';
import { addCommitOptions, type CommitCommandOptions, commitOptionsOf } from './write-options.js';

/** Options of `rollout start`. */
export interface RolloutStartOptions extends CommitCommandOptions {
  readonly file?: string;
  readonly waves: string;
  readonly soak?: string;
  readonly promote: 'soak' | 'manual';
  readonly gate?: string;
  readonly maxFailures: string;
  readonly maxFailuresPerWave?: string;
  readonly maxUnreachable: string;
  readonly onFailure: RolloutPolicy['onFailure'];
  readonly hostTimeout?: string;
  readonly deadline: string;
}

/** Time to learn what became of a host that was cancelled, in milliseconds. */
const settleMs = 30_000;

/** What a host gets beside the time to confirm: for planning, writing and probes, in milliseconds. */
const workMs = 60_000;

/** Adds what `rollout start` takes beside hosts. */
export function addRolloutStartOptions(command: Command): Command {
  command
    .option('-f, --file <file>', 'desired state (YAML): owner, driftPolicy, and all routes of that owner; or give a saved plan')
    .optionsGroup('Waves:')
    .option(
      '--waves <sizes>',
      'hosts that are done after each wave, in numbers or percentages of all; the first is the canary',
      '1,10%,100%',
    )
    .option('--soak <duration>', 'time between two waves (default 30s)')
    .addOption(
      new Option('--promote <how>', 'what begins the next wave: time, or "rollout promote"').choices(['soak', 'manual']).default('soak'),
    )
    .option(
      '--gate <command>',
      'must end with 0 before each further wave; it finds the confirmed hosts on its standard input, one per line',
    )
    .option('--max-failures <n>', 'hosts that may fail, in all', '0')
    .option('--max-failures-per-wave <n>', 'hosts that may fail in each wave (default as --max-failures)')
    .option('--max-unreachable <n>', 'hosts that may be unreachable, in all; they are no failures', '0')
    .addOption(
      new Option('--on-failure <what>', 'when more fail: stop, or undo what is confirmed as well')
        .choices(['stop', 'undo'])
        .default('stop'),
    )
    .option('--host-timeout <duration>', 'time for each host (default a minute more than --confirm-within)')
    .option('--deadline <duration>', 'time for the whole', '24h');
  addCommitOptions(command);
  // Each host gets one of its own.
  command.options.find(({ long }) => long === '--request-id')?.hideHelp();
  return command;
}

/** @throws UsageError, FleetError or InvalidValueError */
export function rolloutPolicyOf(
  options: RolloutStartOptions,
  {
    concurrency,
    hostCount,
    confirmWithinMs,
  }: { readonly concurrency: number; readonly hostCount: number; readonly confirmWithinMs: number },
): Omit<RolloutPolicy, 'hosts'> {
  const { waves, soak, promote, gate, maxFailuresPerWave, onFailure, hostTimeout, deadline } = options;
  if (promote === 'manual' && soak !== undefined) {
    throw new UsageError('--soak and --promote manual exclude each other', 'leave one of them out');
  }
  // A shell does nothing of it with success, so that a variable that is not set would open the gate for all waves.
  if (gate?.trim() === '') throw new UsageError(`"${gate}" for --gate is no command`, 'give a command, or leave --gate out');
  const maxFailures = parseInteger(options.maxFailures, '--max-failures', 0, 1_000_000);
  return {
    waves: parseWaves(waves, hostCount),
    soakMs: promote === 'manual' ? undefined : parseDurationMs(soak ?? '30s', '--soak'),
    maxFailures,
    maxFailuresPerWave:
      maxFailuresPerWave === undefined ? maxFailures : parseInteger(maxFailuresPerWave, '--max-failures-per-wave', 0, 1_000_000),
    maxUnreachable: parseInteger(options.maxUnreachable, '--max-unreachable', 0, 1_000_000),
    onFailure,
    concurrency,
    hostTimeoutMs: hostTimeout === undefined ? confirmWithinMs + workMs : parseDurationMs(hostTimeout, '--host-timeout'),
    settleMs,
    deadlineMs: parseDurationMs(deadline, '--deadline'),
  };
}

/** @throws UsageError or InvalidValueError for a value that no agent would take */
export function rolloutChangeOptionsOf(options: RolloutStartOptions): Omit<RolloutChangeOptions, 'owner' | 'driftPolicy'> {
  if (options.requestId !== undefined) {
    throw new UsageError('--request-id is not for rollouts: each host gets one of its own', 'leave it out');
  }
  const { confirmWithinMs = 120_000, acceptedRisks, probes, comment } = commitOptionsOf(options);
  return { confirmWithinMs, acceptedRisks, probes, comment };
}
