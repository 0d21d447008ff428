import {
  type Candidate,
  type Connector,
  createConnector,
  createHostWork,
  createSystemClock,
  type Host,
  newRollout,
  noteRequest,
  type OwnedRollout,
  planFleet,
  type RolloutPolicy,
  type RolloutState,
  type RolloutStore,
  stateOf,
} from '../../../../client/fleet/index.js';
import { createGate } from '../../../../client/fleet/rollout/gate.js';
import { runRollout } from '../../../../client/fleet/rollout/rollout-runner.js';

/** What is rolled out over bad networks, and how that is bounded, in milliseconds; whatever is not given bounds nothing. */
export interface FaultyRollout extends Partial<Omit<RolloutPolicy, 'hosts'>> {
  /** 0 to 255: rollouts with different ones have nothing to do with each other. */
  readonly route: number;
  /** Of each call. */
  readonly timeoutMs: number;
  readonly confirmWithinMs: number;
}

/** One that was driven to its end. */
export interface EndedRollout {
  readonly id: string;
  readonly state: RolloutState;
}

/** Who takes part. */
interface RolloutGround {
  readonly store: RolloutStore;
  /** As they are planned, and as they are rolled out to: the same hosts. */
  readonly direct: readonly Host[];
  readonly faulty: readonly Host[];
  readonly connector: Connector;
}

/** Destination of a route by its number. */
export function prefixOf(route: number): string {
  return `10.9.${route}.0/24`;
}

const hour = 3_600_000;

/** Plans over the direct way, and rolls out over the faulty one; drives it to its end. */
export async function rollOutOver(
  { route, timeoutMs, confirmWithinMs, ...bounds }: FaultyRollout,
  { store, direct, faulty, connector }: RolloutGround,
): Promise<EndedRollout> {
  const options = { owner: `team-${route}`, confirmWithinMs };
  const routes = [{ destinationPrefix: prefixOf(route), nextHop: '10.20.0.254', metric: 5 }];
  const candidates: Candidate[] = [];
  const targets = direct.map((host) => ({ host, routes }));
  for await (const result of planFleet(targets, { change: { owner: options.owner }, connector: createConnector(), concurrency: 16 })) {
    if (!result.ok) throw result.error;
    const { planToken, revision, creates } = result.value.plan;
    const host = faulty.find(({ name }) => name === result.host.name) ?? result.host;
    candidates.push({ host: { ...host, timeoutMs }, routes, plan: { planToken, revision, hasChanges: creates > 0 } });
  }
  const count = candidates.length;
  const policy: Omit<RolloutPolicy, 'hosts'> = {
    waves: [count],
    soakMs: 0,
    maxFailures: count,
    maxFailuresPerWave: count,
    maxUnreachable: count,
    onFailure: 'stop',
    concurrency: count,
    hostTimeoutMs: hour,
    settleMs: hour,
    deadlineMs: hour,
    ...bounds,
  };
  const spec = newRollout({ candidates, policy, options, createdAt: Date.now(), source: 'a test', insecure: false });
  return drive(await store.create(spec), connector);
}

/** Undoes a rollout that ended; drives that to its end. */
export async function undoOver(id: string, store: RolloutStore, connector: Connector): Promise<EndedRollout> {
  const rollout = await store.take(id);
  await noteRequest(rollout, 'undoRequested', createSystemClock());
  await rollout.close();
  return drive(await store.take(id), connector);
}

async function drive(rollout: OwnedRollout, connector: Connector): Promise<EndedRollout> {
  const { spec, events, journal, inbox } = rollout;
  const clock = createSystemClock();
  try {
    const work = createHostWork(spec, connector, clock);
    const gate = createGate(spec, connector, clock);
    return { id: spec.id, state: await runRollout({ state: stateOf(spec, events), journal, inbox, clock, work, gate }) };
  } finally {
    await rollout.close();
  }
}
