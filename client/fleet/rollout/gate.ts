import pLimit from 'p-limit';
import type { Connector } from '../connector.js';
import type { Clock } from './clock.js';
import { runGateCommand } from './gate-command.js';
import { lookAtHost } from './look-at-host.js';
import type { GateAnswer, UnwellHost } from './rollout-event.js';
import type { RolloutSpec } from './rollout-spec.js';
import { accessTo, changeOf } from './rollout-work.js';

/** What is asked before a further wave. */
export interface GateQuestion {
  /** Position of the wave that is done. */
  readonly wave: number;
  /** Hosts that were confirmed in this wave and those before. */
  readonly hosts: readonly string[];
}

/** Says whether a rollout may go on. Writes nothing anywhere, and may be asked again. Aborted: its answer does not matter any more. */
export type Gate = (question: GateQuestion, signal: AbortSignal) => Promise<GateAnswer>;

/** The gate of a rollout: looks at the hosts, and then runs the command if there is one. */
export function createGate(spec: RolloutSpec, connector: Connector, clock: Clock): Gate {
  const { policy, gate } = spec;
  const access = accessTo(spec, connector, clock);
  const changes = new Map(spec.hosts.map((host) => [host.name, changeOf(spec, host)]));

  return async ({ wave, hosts }, signal) => {
    const limit = pLimit(policy.concurrency);
    const looks = hosts.map((host) =>
      limit(async (): Promise<readonly UnwellHost[]> => {
        const change = changes.get(host);
        const why = change && (await lookAtHost(change, access, signal));
        return why === undefined ? [] : [{ host, ...why }];
      }),
    );
    const unwell = (await Promise.all(looks)).flat();
    if (gate === undefined) return { unwell };
    const facts = { rollout: spec.id, wave: wave + 1, waves: policy.waves.length, hosts };
    return { unwell, closed: await runGateCommand(gate, facts, { timeoutMs: policy.hostTimeoutMs, signal }) };
  };
}
