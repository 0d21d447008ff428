import type { Connector } from '../connector.js';
import { applyOnHost, type HostChange } from './apply-on-host.js';
import type { Clock } from './clock.js';
import { commitIdOf } from './commit-names.js';
import type { HostWork } from './host-work.js';
import type { RolloutSpec } from './rollout-spec.js';
import type { HostAccess } from './settle.js';
import { undoOnHost } from './undo-on-host.js';

/** Time between two questions to a host, in milliseconds. */
const pauseMs = 500;

/** The work on the hosts of a rollout, by the SDK. */
export function createHostWork(spec: RolloutSpec, connector: Connector, clock: Clock): HostWork {
  const access = accessTo(spec, connector, clock);
  const changes = new Map(spec.hosts.map((host) => [host.name, changeOf(spec, host)]));
  const problems = new Map(spec.hosts.flatMap(({ name, problem }) => (problem === undefined ? [] : [[name, problem] as const])));

  function changeFor(name: string): HostChange {
    const change = changes.get(name);
    if (change === undefined) throw new Error(`the rollout has no host "${name}"`);
    return change;
  }

  return {
    async apply(name, context) {
      const problem = problems.get(name);
      if (problem === undefined) return applyOnHost(changeFor(name), access, context);
      const { outcome, ...why } = problem;
      return { outcome, note: { ...why, mayStand: false } };
    },
    undo: (name, attempt, context) => undoOnHost(changeFor(name), attempt, access, context),
  };
}

/** How the hosts of a rollout are worked on. */
export function accessTo({ policy }: RolloutSpec, connector: Connector, clock: Clock): HostAccess {
  return { connector, clock, pauseMs, settleMs: policy.settleMs };
}

/** The change of one host of a rollout. */
export function changeOf({ id, options, routeSets }: RolloutSpec, host: RolloutSpec['hosts'][number]): HostChange {
  const { name, address, tls, timeoutMs, routeSet, planToken } = host;
  return {
    host: { name, address, tls, timeoutMs, groups: [], labels: {} },
    change: { desiredRoutes: routeSets[routeSet] ?? [] },
    options: { ...options, planToken, comment: options.comment ?? `rollout ${id}` },
    commitId: commitIdOf(id, name),
  };
}
