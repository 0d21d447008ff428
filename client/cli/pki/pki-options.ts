import { type Command, Option } from 'commander';
import { defaultLifetimeMs } from '../../pki/issue.js';
import { collect, parseDurationMs } from '../options/values.js';
import { UsageError } from '../usage-error.js';

/** Option of every command of an authority. */
export interface PkiDirOptions {
  readonly pkiDir: string;
}

/** Adds `--pki-dir`. */
export function addPkiDir(command: Command): Command {
  return command.addOption(
    new Option('--pki-dir <dir>', 'where the authority is kept').env('ROUTEFLEET_PKI_DIR').default('pki', 'pki in this directory'),
  );
}

/** Names under which an agent is reached. */
export interface AddressOptions {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

/** Adds `--dns` and `--ip`. */
export function addAddressOptions(command: Command): Command {
  return command
    .addOption(new Option('--dns <host>', 'DNS name under which controllers reach the agent; can be repeated').argParser(collect))
    .addOption(
      new Option('--ip <address>', 'IP address likewise; can be repeated (default of both: the name as DNS name)').argParser(collect),
    );
}

/** What makes files. */
export interface OutDirOptions {
  readonly outDir: string;
  readonly force?: boolean;
}

/** Adds `--out-dir` and `--force`. */
export function addOutDir(command: Command): Command {
  return command.option('--out-dir <dir>', 'where the files go', '.').option('--force', 'replace files that are there, also keys');
}

/** Option of everything that makes certificates. */
export interface LifetimeOptions {
  readonly validFor?: string;
}

/** Adds `--valid-for`. */
export function addLifetime(command: Command, usually: string): Command {
  return command.option('--valid-for <duration>', `how long it holds, "12h", "90d" (default ${usually})`);
}

const longestMs = 36_500 * 86_400_000;

/** @returns milliseconds @throws UsageError */
export function lifetimeOf({ validFor }: LifetimeOptions, usuallyMs: number = defaultLifetimeMs): number {
  if (validFor === undefined) return usuallyMs;
  const lifetimeMs = parseDurationMs(validFor, '--valid-for');
  if (lifetimeMs <= longestMs) return lifetimeMs;
  throw new UsageError(`"${validFor}" for --valid-for is above a hundred years`, 'give 36500d at most');
}
