import type { Way } from '../../../support/fault-link.js';
import type { Fault, Moment } from '../../../support/fault-proxy.js';
import { faults } from './fault-cells.js';
import type { FaultyFleet, OverheardCall } from './faulty-fleet.js';
import type { FaultyRollout } from './faulty-rollout.js';
import { createRandom, type Random } from './random.js';

/** A fault on the way to a host. */
interface RandomFault {
  readonly moment: Moment;
  readonly fault: Fault;
  /** Calls that fail until it is over. Undefined: it lasts. */
  readonly healsAfter: number | undefined;
}

/** What happens to a rollout. */
export interface RandomPlan {
  readonly rollout: Omit<FaultyRollout, 'route'>;
  /** By host; the next one is waited for when the one before is over. */
  readonly faults: ReadonlyMap<string, readonly RandomFault[]>;
}

/** The same for the same seed; where a fault meets the work on a host depends on the machine as well. */
export function randomPlan(seed: number, hosts: readonly string[]): RandomPlan {
  const random = createRandom(seed);
  const count = hosts.length;
  return {
    rollout: {
      timeoutMs: 500,
      confirmWithinMs: 1_500,
      hostTimeoutMs: random.between(1_000, 2_000),
      settleMs: 2_000,
      waves: random.pick([[count], [1, count], [2, count]]),
      maxFailures: random.between(1, count),
      maxFailuresPerWave: random.between(1, count),
      maxUnreachable: random.between(1, count),
      onFailure: random.pick(['stop', 'undo']),
      concurrency: random.between(1, count),
    },
    faults: new Map(hosts.map((host) => [host, Array.from({ length: random.between(0, 2) }, () => randomFault(random))])),
  };
}

function randomFault(random: Random): RandomFault {
  const way = random.pick<Way>(['toAgent', 'toController']);
  return {
    moment: random.chance(0.4) ? { connection: random.between(1, 5) } : { way, afterBytes: random.between(0, 8_000) },
    fault: random.pick(Object.values(faults) as [Fault, ...Fault[]]),
    healsAfter: random.chance(0.7) ? random.between(1, 3) : undefined,
  };
}

/** Lets the faults of a plan strike; the result is to be told of all calls. */
export function strikeAtRandom({ faults: planned }: RandomPlan, { hosts }: FaultyFleet): (call: OverheardCall) => void {
  const left = new Map([...planned].map(([host, all]) => [host, { waiting: [...all], failures: 0, strikes: 0 }]));

  function armNext(name: string): void {
    const [next] = left.get(name)?.waiting ?? [];
    if (next !== undefined) hosts.get(name)?.proxy.strikeAt(next.moment, next.fault);
  }

  for (const name of left.keys()) armNext(name);
  return ({ host: name, stage }) => {
    const host = left.get(name);
    const proxy = hosts.get(name)?.proxy;
    const current = host?.waiting[0];
    if (stage !== 'failed' || host === undefined || proxy === undefined || current === undefined) return;
    if (proxy.strikes === host.strikes) return;
    host.failures += 1;
    if (current.healsAfter === undefined || host.failures < current.healsAfter) return;
    host.waiting.shift();
    host.failures = 0;
    host.strikes = proxy.strikes;
    proxy.heal();
    armNext(name);
  };
}
