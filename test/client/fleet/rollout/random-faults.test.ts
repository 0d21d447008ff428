import { expect, it } from 'vitest';
import { type FaultyFleet, startFaultyFleet } from './faulty-fleet.js';
import { randomPlan, strikeAtRandom } from './random-faults.js';
import { type ShownHost, showRollout, untruths } from './shown-rollout.js';

const names = ['web1', 'web2', 'web3', 'web4', 'web5'];
const first = Number(process.env.ROUTEFLEET_FAULT_SEED ?? 1);
const count = Number(process.env.ROUTEFLEET_FAULT_SEEDS ?? 60);
const seeds = Array.from({ length: count }, (_, index) => first + index);
/** Rollouts at a time, each with hosts of its own: they spend their time waiting. */
const lanes = 12;

async function rollOut(fleet: FaultyFleet, seed: number, route: number): Promise<readonly ShownHost[]> {
  const plan = randomPlan(seed, names);
  const strike = strikeAtRandom(plan, fleet);
  const announced = new Set<string>();
  const { id, state } = await fleet.rollOut({ ...plan.rollout, route }, (call) => {
    if (call.method === 'confirmCommit' && call.stage === 'begins') announced.add(call.host);
    strike(call);
  });
  await fleet.settle();
  const shown = await showRollout(fleet, id);
  const found = { phase: state.phase, untruths: untruths(shown, fleet, { route, announced }) };
  expect(found, `seed ${seed}: ${JSON.stringify([plan.rollout, ...plan.faults])}`).toEqual({ phase: 'ended', untruths: [] });
  return shown;
}

it(`rollouts over hosts that break anyhow, at any time, come to a true end (seeds ${first} to ${first + count - 1})`, async () => {
  const statuses = new Set<string>();
  const left = seeds.values();

  async function lane(): Promise<void> {
    const fleet = await startFaultyFleet(names);
    try {
      let route = 0;
      for (const seed of left) {
        for (const { status } of await rollOut(fleet, seed, route)) statuses.add(status);
        route = (route + 1) % 256;
      }
    } finally {
      await fleet.close();
    }
  }

  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  expect([...statuses]).toEqual(expect.arrayContaining(['confirmed', 'unreachable']));
}, 600_000);
