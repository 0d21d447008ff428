import { join } from 'node:path';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet, type TestHost } from '../test-fleet.js';

export { rolloutIdIn, until } from '../../support/rollout-output.js';

import { type CliRun, type LiveRun, type RunOptions, run, start } from './run.js';

/** A fleet to roll out to, and the command line of `rollout`. */
export interface RolloutFleet extends TestFleet {
  readonly rolloutsDir: string;
  /** `rollout start` to all hosts, with no time to soak unless it is given. */
  readonly startArgs: readonly string[];
  rollout(verb: string, ...args: readonly string[]): Promise<CliRun>;
  begin(args: readonly string[], options?: RunOptions): LiveRun;
  /** Metric of 10.9.0.0/16 on the simulated host itself. */
  metricOn(name: string): number | undefined;
}

/** What is rolled out. */
export const routesYaml = 'owner: team-net\nroutes: [{ prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }]\n';

/** Starts hosts, and writes `routes.yaml` with 10.9.0.0/16, metric 5. */
export async function startRolloutFleet(hosts: Readonly<Record<string, TestHost>>): Promise<RolloutFleet> {
  const fleet = await startFleet(hosts);
  const rolloutsDir = join(fleet.directory, 'rollouts');
  const file = await fleet.write('routes.yaml', routesYaml);
  const inDir = ['--rollouts-dir', rolloutsDir];
  const startArgs = ['rollout', 'start', '-f', file, '--inventory', fleet.inventory, ...inDir];
  return {
    ...fleet,
    rolloutsDir,
    startArgs,
    rollout: (verb, ...args) => run(['rollout', verb, ...args, ...inDir]),
    begin: (args, options) => start([...startArgs, ...args], options),
    metricOn(name) {
      const rows = fleet.agent(name).control.routes();
      return rows.find(({ destinationPrefix }) => formatPrefix(destinationPrefix) === '10.9.0.0/16')?.metric;
    },
  };
}
