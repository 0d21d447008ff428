import type { Command } from 'commander';
import { type Connector, type ConnectorOptions, createConnector } from '../fleet/connector.js';
import type { WorkerOptions } from '../fleet/workers/worker-processes.js';
import type { ExitCode } from './exit-code.js';
import type { CliIo } from './io.js';
import type { GlobalOptions } from './options/global-options.js';
import { parseDurationMs, parseInteger } from './options/values.js';
import { resolveInventory, resolveTargets, type TargetRules, type Targets } from './targets.js';

/** What a command is handed. */
export interface CommandContext {
  readonly io: CliIo;
  /** Says with what code the program ends. */
  finish(code: ExitCode): void;
}

/** The global options of a command line, made usable. */
export interface FleetRun extends Targets {
  readonly connector: Connector;
  /** Hosts at a time. */
  readonly concurrency: number;
  /** Processes for plans, with how they connect. Undefined: none but this one. */
  readonly workers: WorkerOptions | undefined;
  readonly output: GlobalOptions['output'];
  /** Colours on standard output. */
  readonly color: boolean;
  /** Colours on standard error. */
  readonly errorColor: boolean;
}

/** @throws UsageError or FleetError */
export async function prepareRun(command: Command, io: CliIo, { writes }: { readonly writes: boolean }): Promise<FleetRun> {
  return runOn(command, io, (options, rules) => resolveTargets(options, { ...rules, writes }));
}

/**
 * Like {@link prepareRun}, for a command about an inventory; its hosts may lack TLS.
 *
 * @throws UsageError or FleetError
 */
export async function prepareInventoryRun(command: Command, io: CliIo): Promise<FleetRun> {
  return runOn(command, io, resolveInventory);
}

async function runOn(
  command: Command,
  { color, signal }: CliIo,
  resolve: (options: GlobalOptions, rules: Omit<TargetRules, 'writes'>) => Promise<Targets>,
): Promise<FleetRun> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const timeoutMs = options.timeout === undefined ? undefined : parseDurationMs(options.timeout, '--timeout');
  const concurrency = options.concurrency === undefined ? 16 : parseInteger(options.concurrency, '--concurrency', 1, 1024);
  const connect: ConnectorOptions = { insecure: options.insecure, timeoutMs, streamTimeoutMs: timeoutMs };
  const count = workersOf(options);
  const inventoryIsExplicit = command.getOptionValueSourceWithGlobals('inventory') === 'cli';
  return {
    ...(await resolve(options, { inventoryIsExplicit, timeoutMs, signal })),
    connector: createConnector(connect),
    concurrency,
    workers: count === undefined ? undefined : { ...connect, count },
    output: options.output,
    color: options.color && color.stdout,
    errorColor: options.color && color.stderr,
  };
}

/** What `--workers` says; undefined: nothing, and this process does the work itself. @throws UsageError */
export function workersOf({ workers }: Pick<GlobalOptions, 'workers'>): number | undefined {
  const count = workers === undefined ? 1 : parseInteger(workers, '--workers', 1, 64);
  return count === 1 ? undefined : count;
}
