import type { Command } from 'commander';
import type { HostRoutes } from '../fleet/desired-hosts.js';
import type { DesiredState } from '../fleet/desired-state.js';
import { FleetError } from '../fleet/fleet-error.js';
import { type FleetRun, prepareRun } from './command-context.js';
import type { CliIo } from './io.js';
import { hostList } from './render/host-list.js';

/** A run over the hosts that a desired state says something about. */
export interface DesiredRun extends FleetRun {
  /** One per host of `hosts`, in the same order. */
  readonly targets: readonly HostRoutes[];
}

/**
 * Like `prepareRun`; hosts that no section fits are left out, and named on standard error.
 *
 * @throws UsageError or FleetError, NO_MATCH when no host is left
 */
export async function prepareDesiredRun(
  command: Command,
  io: CliIo,
  state: DesiredState,
  rules: { readonly writes: boolean },
): Promise<DesiredRun> {
  const run = await prepareRun(command, io, rules);
  const { targets, unmatched } = state.forHosts(run.hosts, run.known);
  if (targets.length === 0) {
    const message = `no section of ${state.file} fits ${hostList(run.hosts.map(({ name }) => name))}`;
    throw new FleetError('NO_MATCH', message, 'choose other hosts, or add a section for them; { hosts: "*", routes: [] } is for all');
  }
  if (unmatched.length > 0) {
    io.stderr.write(`no section fits, left as they are: ${hostList(unmatched.map(({ name }) => name))}\n`);
  }
  return { ...run, hosts: targets.map(({ host }) => host), targets };
}
