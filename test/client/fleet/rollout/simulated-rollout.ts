import { applyOnHost, type HostChange } from '../../../../client/fleet/rollout/apply-on-host.js';
import { commitIdOf } from '../../../../client/fleet/rollout/commit-names.js';
import type { Gate } from '../../../../client/fleet/rollout/gate.js';
import type { HostWork } from '../../../../client/fleet/rollout/host-work.js';
import { lookAtHost } from '../../../../client/fleet/rollout/look-at-host.js';
import { reduce } from '../../../../client/fleet/rollout/reduce.js';
import type { RolloutEvent, RolloutRequest } from '../../../../client/fleet/rollout/rollout-event.js';
import type { RolloutPolicy } from '../../../../client/fleet/rollout/rollout-policy.js';
import { runRollout } from '../../../../client/fleet/rollout/rollout-runner.js';
import { initialState, type RolloutState } from '../../../../client/fleet/rollout/rollout-state.js';
import { undoOnHost } from '../../../../client/fleet/rollout/undo-on-host.js';
import { parseWaves } from '../../../../client/fleet/rollout/waves.js';
import { createFakeHost, type FakeHost, fakeRow, type Temper } from './fake-host.js';
import { createFakeConnector, type Weather } from './fake-network.js';
import { createRandom, type Random } from './random.js';
import { createVirtualClock, letPass, type VirtualClock } from './virtual-clock.js';

/** What a simulated rollout came to. */
export interface Simulated {
  readonly policy: RolloutPolicy;
  readonly hosts: ReadonlyMap<string, FakeHost>;
  readonly tempers: ReadonlyMap<string, Temper>;
  readonly journal: readonly RolloutEvent[];
  readonly state: RolloutState;
  /** Controllers that it took. */
  readonly controllers: number;
  readonly startAt: number;
}

const confirmWithinMs = 120_000;

/** Hosts that fail, vanish, answer late or not at all; controllers that die; people who interfere: all by chance, the same for the same seed. */
export async function simulateRollout(seed: number): Promise<Simulated> {
  const random = createRandom(seed);
  const clock = createVirtualClock();
  const startAt = clock.now();
  const policy = randomPolicy(random);
  const badness = random.pick([0, 0.05, 0.15, 0.4]);
  const tempers = new Map(policy.hosts.map((name) => [name, randomTemper(random, badness)]));
  const hosts = new Map(
    policy.hosts.map((name) => [
      name,
      createFakeHost(name, random.chance(0.5) ? fakeRow(1) : undefined, tempers.get(name) ?? 'good', clock),
    ]),
  );
  const weather = randomWeather(random, policy.hosts, startAt);
  const journal: RolloutEvent[] = [];
  const replay = () => journal.reduce(reduce, initialState(policy, startAt));
  // The plans of all hosts are made before anything begins.
  const tokens = new Map([...hosts].map(([name, host]) => [name, `token of ${host.row?.etag}`]));

  let controllers = 0;
  let crashesLeft = random.between(0, 4);
  for (;;) {
    controllers += 1;
    if (controllers > 50) throw new Error('no controller brings it to an end');
    let dead = false;
    let appends = crashesLeft > 0 ? random.between(1, 12) : Number.POSITIVE_INFINITY;
    crashesLeft -= 1;
    let die: (state: undefined) => void = () => {};
    const death = new Promise<undefined>((resolve) => {
      die = resolve;
    });
    const connector = createFakeConnector(hosts, weather, clock, random, () => dead);
    const access = { connector, clock, pauseMs: 1_000, settleMs: policy.settleMs };

    const changeOf = (name: string): HostChange => ({
      host: { name, address: name, groups: [], labels: {} },
      change: { desiredRoutes: [{ destinationPrefix: '10.9.0.0/16', metric: 5 }] },
      options: { owner: 'team-net', confirmWithinMs, planToken: tokens.get(name) },
      commitId: commitIdOf('r1', name),
    });
    const gate: Gate = async ({ hosts: names }, signal) => {
      const unwell = await Promise.all(names.map(async (host) => [host, await lookAtHost(changeOf(host), access, signal)] as const));
      const closed = random.chance(0.02) ? { reason: 'GATE_CLOSED', message: 'ended with code 1' } : undefined;
      return { unwell: unwell.flatMap(([host, why]) => (why === undefined ? [] : [{ host, ...why }])), closed };
    };
    const work: HostWork = {
      apply: (name, context) => applyOnHost(changeOf(name), access, context),
      undo: (name, attempt, context) => undoOnHost(changeOf(name), attempt, access, context),
    };

    async function append(event: RolloutEvent): Promise<void> {
      // A write to disk takes a moment, in which other things happen.
      await clock.sleep(random.between(0, 5));
      if (dead) return new Promise(() => {});
      appends -= 1;
      if (appends > 0) {
        journal.push(event);
        return;
      }
      // The power goes before, or after, the record is on disk.
      if (random.chance(0.5)) journal.push(event);
      dead = true;
      die(undefined);
      return new Promise(() => {});
    }

    if (journal.length > 0) journal.push({ type: 'takenOver', at: clock.now() });
    const drain = new AbortController();
    const people = interfere({ random, clock, hosts, drain, isOver: () => dead });
    const run = runRollout({ state: replay(), journal: { append }, clock, work, gate, inbox: people, signal: drain.signal });
    const state = await letPass(clock, Promise.race([run, death]));
    dead = true;
    if (state?.phase === 'ended' && !(random.chance(0.1) && journal.length < 300)) {
      clock.elapse(confirmWithinMs);
      return { policy, hosts, tempers, journal, state, controllers, startAt };
    }
    if (state?.phase === 'ended') await undoLater(replay(), journal, clock);
    clock.elapse(random.between(0, 400_000));
  }
}

/** Somebody wants what ended to be undone. */
async function undoLater(state: RolloutState, journal: RolloutEvent[], clock: VirtualClock): Promise<void> {
  const event: RolloutEvent = { type: 'undoRequested', at: clock.now() };
  if (reduce(state, event) !== state) journal.push(event);
}

interface Interference {
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly hosts: ReadonlyMap<string, FakeHost>;
  readonly drain: AbortController;
  isOver(): boolean;
}

/** People at other terminals, and other programs on the hosts. */
function interfere({ random, clock, hosts, drain, isOver }: Interference) {
  return {
    watch(take: (request: RolloutRequest) => Promise<void>) {
      let stopped = false;
      async function act(): Promise<void> {
        for (let count = random.between(0, 6); count > 0; count -= 1) {
          await clock.sleep(random.between(1_000, 120_000));
          if (stopped || isOver()) return;
          const dice = random.next();
          if (dice < 0.35) await take('promoted');
          else if (dice < 0.45) await take('paused');
          else if (dice < 0.7) await take('unpaused');
          else if (dice < 0.74) await take('aborted');
          else if (dice < 0.77) await take('undoRequested');
          else if (dice < 0.81) drain.abort();
          else [...hosts.values()][random.between(0, hosts.size - 1)]?.changeForeign();
        }
      }
      act().catch(() => undefined);
      return async () => {
        stopped = true;
      };
    },
  };
}

function randomPolicy(random: Random): RolloutPolicy {
  const count = random.between(1, 14);
  const hosts = Array.from({ length: count }, (_, index) => `h${index + 1}`);
  const maxFailures = random.between(0, 3);
  return {
    hosts,
    waves: parseWaves(random.pick(['1,10%,50%,100%', '1,100%', '30%,60%', '100%', '2,4,8']), count),
    soakMs: random.chance(0.7) ? random.between(1, 60_000) : undefined,
    maxFailures,
    maxFailuresPerWave: random.between(0, maxFailures),
    maxUnreachable: random.between(0, 3),
    onFailure: random.chance(0.5) ? 'undo' : 'stop',
    concurrency: random.between(1, 5),
    hostTimeoutMs: random.pick([20_000, 180_000]),
    settleMs: 40_000,
    deadlineMs: random.pick([120_000, 3_600_000]),
  };
}

function randomTemper(random: Random, badness: number): Temper {
  return random.chance(badness) ? random.pick(['refuses', 'probeFails', 'tellsOfFailedProbe']) : 'good';
}

function randomWeather(random: Random, names: readonly string[], startAt: number): Weather {
  const outages = new Map<string, { from: number; to: number }>();
  for (const name of names) {
    if (!random.chance(0.15)) continue;
    const from = startAt + random.between(0, 200_000);
    outages.set(name, { from, to: from + random.pick([5_000, 100_000, 100_000_000]) });
  }
  return { lossChance: random.pick([0, 0.02, 0.15]), outages };
}
