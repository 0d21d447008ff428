import type { Command } from 'commander';
import { type Connector, createConnector } from '../fleet/connector.js';
import type { Host } from '../fleet/host.js';
import type { ExitCode } from './exit-code.js';
import type { CliIo } from './io.js';
import type { GlobalOptions } from './options/global-options.js';
import { parseDurationMs, parseInteger } from './options/values.js';
import { resolveTargets } from './targets.js';

/** What a command is handed. */
export interface CommandContext {
  readonly io: CliIo;
  /** Says with what code the program ends. */
  finish(code: ExitCode): void;
}

/** The global options of a command line, made usable. */
export interface FleetRun {
  readonly hosts: readonly Host[];
  readonly connector: Connector;
  /** Hosts at a time. */
  readonly concurrency: number;
  readonly output: GlobalOptions['output'];
  /** Colours on standard output. */
  readonly color: boolean;
  /** Colours on standard error. */
  readonly errorColor: boolean;
}

/** @throws UsageError or FleetError */
export async function prepareRun(command: Command, { color }: CliIo, { writes }: { readonly writes: boolean }): Promise<FleetRun> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const timeoutMs = options.timeout === undefined ? undefined : parseDurationMs(options.timeout, '--timeout');
  const concurrency = options.concurrency === undefined ? 16 : parseInteger(options.concurrency, '--concurrency', 1, 1024);
  const inventoryIsExplicit = command.getOptionValueSourceWithGlobals('inventory') === 'cli';
  const hosts = await resolveTargets(options, { inventoryIsExplicit, writes });
  return {
    hosts,
    connector: createConnector({ insecure: options.insecure, timeoutMs, streamTimeoutMs: timeoutMs }),
    concurrency,
    output: options.output,
    color: options.color && color.stdout,
    errorColor: options.color && color.stderr,
  };
}
