import type { RouteError } from '../errors/route-error.js';
import type { Host } from '../fleet/host.js';
import type { HostResult } from '../fleet/on-host.js';
import type { FleetRun } from './command-context.js';
import { type ExitCode, exitCodeOf, type Outcome } from './exit-code.js';
import type { CliIo } from './io.js';
import { renderFailure } from './render/failure.js';
import { hostList } from './render/host-list.js';

/** Writes one line per failed host, in their order, and the hosts that were left alone; returns the exit code. */
export function reportOutcome(
  results: readonly HostResult<unknown>[],
  untouched: readonly Host[],
  { hosts, errorColor }: FleetRun,
  { stderr, signal }: CliIo,
  more: Pick<Outcome, 'changes' | 'partlyDone'> = {},
): ExitCode {
  const failures = results.filter((result) => !result.ok);
  for (const { host, error } of failures) stderr.write(renderFailure(subjectOf(host, hosts), error, errorColor));
  if (untouched.length > 0) stderr.write(`not touched: ${hostList(untouched.map(({ name }) => name))}\n`);
  return exitCodeOf({
    succeeded: results.length - failures.length,
    errors: failures.map(({ error }): RouteError => error),
    untouched: untouched.length,
    interrupted: signal.aborted,
    ...more,
  });
}

/** A single agent that was named by address is not named again: the message does so where it matters. */
function subjectOf({ name, address }: Host, hosts: readonly Host[]): string {
  return hosts.length === 1 && name === address ? 'error' : name;
}
