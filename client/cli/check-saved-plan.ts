import { type ApplySavedOptions, checkSavedHost } from '../fleet/apply-saved-host.js';
import { forEachHost } from '../fleet/for-each-host.js';
import type { Host } from '../fleet/host.js';
import type { HostResult } from '../fleet/on-host.js';
import type { SavedHost, SavedPlan } from '../fleet/saved-plan.js';
import type { FleetRun } from './command-context.js';
import { type ExitCode, exitCodeOf } from './exit-code.js';
import type { CliIo } from './io.js';
import { renderFailures } from './render/failures.js';

/**
 * Asks all hosts at once whether they would take their part of a plan, and says which would not. Writes nothing.
 *
 * @returns the exit code if there is one that would not
 */
export async function checkSavedPlan(
  plan: SavedPlan,
  savedOf: ReadonlyMap<Host, SavedHost>,
  { hosts, connector, concurrency, errorColor }: FleetRun,
  options: ApplySavedOptions,
  { stderr, signal }: CliIo,
): Promise<ExitCode | undefined> {
  const stale: HostResult<void>[] = [];
  const others: HostResult<void>[] = [];
  const checks = forEachHost(
    hosts,
    (client, host, either) => checkSavedHost(client, savedOf.get(host) as SavedHost, plan, { ...options, signal: either }),
    { connector, concurrency, signal },
  );
  for await (const result of checks) {
    if (!result.ok) (result.error.reason === 'STALE_PLAN' ? stale : others).push(result);
  }
  const count = stale.length + others.length;
  if (count === 0) return undefined;
  // What changed is different on each.
  for (const result of stale) stderr.write(renderFailures([result], errorColor));
  stderr.write(renderFailures(others, errorColor));
  stderr.write(`nothing was written: ${count} of ${hosts.length} host${hosts.length === 1 ? '' : 's'} did not pass the check\n`);
  // One stale host makes the plan as a whole stale, whatever ails the others.
  const deciding = stale.length > 0 && !signal.aborted ? stale : others;
  const errors = deciding.flatMap((result) => (result.ok ? [] : [result.error]));
  return exitCodeOf({ succeeded: 0, errors, untouched: hosts.length, interrupted: signal.aborted });
}
