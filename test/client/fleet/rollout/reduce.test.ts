import { describe, expect, it } from 'vitest';
import { decide } from '../../../../client/fleet/rollout/decide.js';
import { reduce } from '../../../../client/fleet/rollout/reduce.js';
import type { ApplyOutcome, RolloutEvent } from '../../../../client/fleet/rollout/rollout-event.js';
import type { RolloutPolicy } from '../../../../client/fleet/rollout/rollout-policy.js';
import { initialState, type RolloutState } from '../../../../client/fleet/rollout/rollout-state.js';
import { sampleSpec } from './sample-spec.js';

const hosts = ['h1', 'h2', 'h3', 'h4'];

function begin(policy: Partial<RolloutPolicy> = {}): RolloutState {
  return initialState({ ...sampleSpec().policy, hosts, waves: [1, 4], ...policy }, 0);
}

function given(state: RolloutState, ...events: readonly RolloutEvent[]): RolloutState {
  return events.reduce(reduce, state);
}

function started(host: string, at = 1): RolloutEvent {
  return { type: 'hostStarted', at, host };
}

function ended(host: string, outcome: ApplyOutcome, at = 2): RolloutEvent {
  return { type: 'hostEnded', at, host, outcome, note: { mayStand: outcome === 'confirmed' } };
}

function passed(at: number): RolloutEvent {
  return { type: 'gateEnded', at, unwell: [] };
}

const canaryDone = [started('h1'), ended('h1', 'confirmed', 10)];

describe('a rollout', () => {
  it('begins the canary alone, and then as many as may be worked on at a time', () => {
    expect(decide(begin()).begin).toEqual([{ type: 'hostStarted', host: 'h1' }]);
    const soaking = given(begin(), ...canaryDone);
    expect([soaking.phase, soaking.soakUntil, decide(soaking).wakeAt, decide(soaking).begin]).toEqual(['soaking', 30_010, 30_010, []]);
    const atGate = given(soaking, { type: 'timeReached', at: 30_010 });
    expect([atGate.phase, decide(atGate).gate, decide(atGate).begin]).toEqual(['atGate', ['h1'], []]);
    const next = given(atGate, passed(30_020));
    expect([next.phase, decide(next).gate]).toEqual(['running', undefined]);
    expect(decide(next).begin.map(({ host }) => host)).toEqual(['h2', 'h3']);
    expect(decide(given(next, started('h2'))).begin.map(({ host }) => host)).toEqual(['h3']);
  });

  it('begins no host while it is paused', () => {
    const paused = given(begin(), { type: 'paused', at: 1 });
    expect(decide(paused).begin).toEqual([]);
    expect(decide(given(paused, { type: 'unpaused', at: 2 })).begin).toHaveLength(1);
  });

  it('does not go on by time before it is time, while it is paused, or when somebody is to promote it', () => {
    const soaking = given(begin(), ...canaryDone);
    expect(given(soaking, { type: 'timeReached', at: 30_009 }).phase).toBe('soaking');
    expect(given(soaking, { type: 'paused', at: 11 }, { type: 'timeReached', at: 40_000 }).phase).toBe('soaking');
    const byHand = given(begin({ soakMs: undefined }), ...canaryDone);
    expect([byHand.phase, given(byHand, { type: 'timeReached', at: 40_000 }).phase]).toEqual(['awaitingPromotion', 'awaitingPromotion']);
    expect(given(byHand, { type: 'promoted', at: 11 }, passed(12))).toMatchObject({ phase: 'running', wave: 1 });
    expect(given(soaking, { type: 'promoted', at: 11 }, passed(12))).toMatchObject({ phase: 'running', wave: 1 });
  });

  it('counts confirmed hosts that are not well any more as failed, and undoes them', () => {
    const why = { reason: 'PROBE_FAILED', message: 'gateway: passed after the change and does not any more' };
    const promoted = { type: 'promoted', at: 11 } as const;
    const unwell = { type: 'gateEnded', at: 12, unwell: [{ host: 'h1', ...why }] } as const;
    const stopped = given(begin({ onFailure: 'undo' }), ...canaryDone, promoted, unwell);
    expect(stopped.hosts.get('h1')).toMatchObject({ status: 'unwell', why, undoWanted: true, mayStand: true });
    expect([stopped.stop?.reason, stopped.phase, decide(stopped).begin]).toEqual([
      'TOO_MANY_FAILURES',
      'undoing',
      [{ type: 'undoStarted', host: 'h1' }],
    ]);
    const lenient = given(begin({ maxFailures: 9, maxFailuresPerWave: 9 }), ...canaryDone, promoted, unwell);
    expect(lenient.stop?.reason).toBe('NOTHING_CONFIRMED');
  });

  it('holds hosts of earlier waves against the budget of their wave', () => {
    const policy = { waves: [2, 3, 4], maxFailures: 9, maxFailuresPerWave: 1, concurrency: 4 };
    const first = [started('h1'), ended('h1', 'failed'), started('h2'), ended('h2', 'confirmed')];
    const second = [{ type: 'promoted', at: 11 } as const, passed(12), started('h3', 13), ended('h3', 'confirmed', 14)];
    const unwell = [{ host: 'h2', reason: 'UNREACHABLE', message: 'no' }];
    const state = given(begin(policy), ...first, ...second, { type: 'promoted', at: 15 }, { type: 'gateEnded', at: 16, unwell });
    expect(state.stop).toEqual({ reason: 'TOO_MANY_FAILURES_IN_WAVE', message: '2 hosts of wave 1 failed, 1 may' });
  });

  it('stops when the gate stays closed, however well all hosts are', () => {
    const closed = { reason: 'GATE_CLOSED', message: 'the gate "check" ended with code 1' };
    const state = given(begin(), ...canaryDone, { type: 'promoted', at: 11 }, { type: 'gateEnded', at: 12, unwell: [], closed });
    expect([state.phase, state.stop, state.hosts.get('h1')?.status]).toEqual(['ended', closed, 'confirmed']);
  });

  it('hears no gate that it does not stand before', () => {
    const soaking = given(begin(), ...canaryDone);
    expect(given(soaking, passed(12))).toBe(soaking);
  });

  it.each<[string, Partial<RolloutPolicy>, readonly RolloutEvent[]]>([
    ['TOO_MANY_FAILURES', { maxFailuresPerWave: 9 }, [started('h1'), ended('h1', 'failed')]],
    ['TOO_MANY_FAILURES', { maxFailuresPerWave: 9 }, [started('h1'), ended('h1', 'rolledBack')]],
    ['TOO_MANY_FAILURES_IN_WAVE', { maxFailures: 9 }, [started('h1'), ended('h1', 'failed')]],
    ['TOO_MANY_UNREACHABLE', {}, [started('h1'), ended('h1', 'unreachable')]],
    ['NOTHING_CONFIRMED', { maxUnreachable: 9 }, [started('h1'), ended('h1', 'unreachable')]],
    ['DEADLINE_EXCEEDED', {}, [{ type: 'timeReached', at: 3_600_000 }]],
    ['ABORTED', {}, [{ type: 'aborted', at: 3 }]],
  ])('stops for %s, and leaves nobody out', (reason, policy, events) => {
    const state = given(begin(policy), ...events);
    expect(state).toMatchObject({ phase: 'ended', stop: { reason } });
    expect(decide(state)).toEqual({ begin: [], work: [], wakeAt: undefined, finished: true });
    expect([...state.hosts.values()].some(({ status }) => status === 'waiting')).toBe(false);
  });

  it('cancels what is not confirmed when it stops, and lets a confirmation be told', () => {
    const state = given(
      begin({ concurrency: 3 }),
      ...canaryDone,
      { type: 'timeReached', at: 30_010 },
      started('h2'),
      started('h3'),
      started('h4'),
      { type: 'hostConfirming', at: 30_011, host: 'h3' },
      ended('h4', 'failed', 30_012),
    );
    expect(state.phase).toBe('stopping');
    expect(decide(state).work).toEqual([
      { host: 'h2', kind: 'apply', cancel: true },
      { host: 'h3', kind: 'apply', cancel: false },
    ]);
    // Too late to begin a confirmation.
    expect(given(state, { type: 'hostConfirming', at: 30_013, host: 'h2' })).toBe(state);
  });

  it('undoes all that may stand at once, also where an answer was lost', () => {
    const state = given(
      begin({ onFailure: 'undo', concurrency: 9, maxUnreachable: 1 }),
      ...canaryDone,
      { type: 'timeReached', at: 30_010 },
      started('h2'),
      started('h3'),
      { type: 'hostEnded', at: 30_011, host: 'h2', outcome: 'unreachable', note: { mayStand: true, reason: 'UNREACHABLE' } },
      ended('h3', 'failed', 30_012),
    );
    expect(state.phase).toBe('undoing');
    expect(decide(state).begin).toEqual([
      { type: 'undoStarted', host: 'h1' },
      { type: 'undoStarted', host: 'h2' },
    ]);
  });

  it('cancels a host whose time is over, and gives it up when it does not even say what became of it', () => {
    const one = given(begin(), started('h1', 100));
    expect(decide(one).wakeAt).toBe(180_100);
    const late = given(one, { type: 'timeReached', at: 180_100 });
    expect(decide(late)).toMatchObject({ work: [{ host: 'h1', cancel: true }], wakeAt: 210_100 });
    const lost = given(late, { type: 'timeReached', at: 210_100 });
    expect(lost.hosts.get('h1')).toMatchObject({ status: 'unreachable', mayStand: false, why: { reason: 'DEADLINE_EXCEEDED' } });
    // Its answer comes too late to count.
    expect(given(lost, ended('h1', 'confirmed', 210_101))).toBe(lost);
  });

  it('gives hosts and the whole their time anew when a controller takes over', () => {
    const state = given(begin(), started('h1', 100), { type: 'takenOver', at: 1_000_100 });
    expect([state.hosts.get('h1')?.since, state.deadlineAt]).toEqual([1_000_100, 4_600_000]);
  });

  it('does not count a deadline twice when the clock is set back', () => {
    const state = given(begin(), ...canaryDone, { type: 'paused', at: 3 });
    expect(state.lastAt).toBe(10);
  });
});
