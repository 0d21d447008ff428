import { type ApplySavedOptions, checkSavedHost } from '../fleet/apply-saved-host.js';
import { forEachHost } from '../fleet/for-each-host.js';
import type { Host } from '../fleet/host.js';
import type { FailedHost } from '../fleet/on-host.js';
import type { SavedHost, SavedPlan } from '../fleet/saved-plan.js';
import type { FleetRun } from './command-context.js';
import { type ExitCode, exitCodeOf } from './exit-code.js';
import type { CliIo } from './io.js';
import { renderFailures } from './render/failures.js';

/** Asks all hosts at once whether they would take their part of a plan, and gives back those that would not. Writes nothing. */
export async function failedChecks(
  plan: SavedPlan,
  savedOf: ReadonlyMap<Host, SavedHost>,
  { hosts, connector, concurrency }: FleetRun,
  options: ApplySavedOptions,
  signal: AbortSignal,
): Promise<readonly FailedHost[]> {
  const failed: FailedHost[] = [];
  const checks = forEachHost(
    hosts,
    (client, host, either) => checkSavedHost(client, savedOf.get(host) as SavedHost, plan, { ...options, signal: either }),
    { connector, concurrency, signal },
  );
  for await (const result of checks) if (!result.ok) failed.push(result);
  return failed;
}

/** Says which hosts would not, and that nothing was written. */
export function tellRefusals(failed: readonly FailedHost[], { hosts, errorColor }: FleetRun, { stderr, signal }: CliIo): ExitCode {
  const stale = failed.filter(({ error }) => error.reason === 'STALE_PLAN');
  const others = failed.filter(({ error }) => error.reason !== 'STALE_PLAN');
  // What changed is different on each.
  for (const result of stale) stderr.write(renderFailures([result], errorColor));
  stderr.write(renderFailures(others, errorColor));
  stderr.write(`nothing was written: ${failed.length} of ${hosts.length} host${hosts.length === 1 ? '' : 's'} did not pass the check\n`);
  // One stale host makes the plan as a whole stale, whatever ails the others.
  const deciding = stale.length > 0 && !signal.aborted ? stale : others;
  return exitCodeOf({ succeeded: 0, errors: deciding.map(({ error }) => error), untouched: hosts.length, interrupted: signal.aborted });
}
