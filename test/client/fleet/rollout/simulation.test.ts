import { describe, expect, it } from 'vitest';
import { violationsOf } from './rollout-invariants.js';
import { type Simulated, simulateRollout } from './simulated-rollout.js';

const seeds = 2_500;
const shards = 5;

describe('rollouts over fleets that fail, vanish and forget, with controllers that die', () => {
  const seen = { confirmed: 0, unwell: 0, undone: 0, undoFailed: 0, rolledBack: 0, failed: 0, unreachable: 0, notStarted: 0, takenOver: 0 };
  const stops = new Set<string>();

  function note({ state, controllers }: Simulated): void {
    for (const { status } of state.hosts.values()) if (status in seen) seen[status as keyof typeof seen] += 1;
    if (controllers > 1) seen.takenOver += 1;
    if (state.stop !== undefined) stops.add(state.stop.reason);
  }

  it.each(Array.from({ length: shards }, (_, index) => index))('keep every promise (shard %i)', async (shard) => {
    for (let seed = shard + 1; seed <= seeds; seed += shards) {
      const rollout = await simulateRollout(seed).catch((error: Error) => {
        throw new Error(`seed ${seed}: ${error.message}`, { cause: error });
      });
      const violations = violationsOf(rollout);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      note(rollout);
    }
  });

  it('were of every kind', () => {
    expect(Object.values(seen).every((count) => count > 50)).toBe(true);
    expect([...stops].sort()).toEqual([
      'ABORTED',
      'DEADLINE_EXCEEDED',
      'GATE_CLOSED',
      'NOTHING_CONFIRMED',
      'TOO_MANY_FAILURES',
      'TOO_MANY_FAILURES_IN_WAVE',
      'TOO_MANY_UNREACHABLE',
      'UNDO_REQUESTED',
    ]);
  });
});
