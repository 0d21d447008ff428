import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../../client/fleet/rollout/gate.js';
import type { ApplyContext, HostWork } from '../../../../client/fleet/rollout/host-work.js';
import type { RolloutEvent } from '../../../../client/fleet/rollout/rollout-event.js';
import { runRollout } from '../../../../client/fleet/rollout/rollout-runner.js';
import { initialState } from '../../../../client/fleet/rollout/rollout-state.js';
import { sampleSpec } from './sample-spec.js';
import { createVirtualClock, letPass } from './virtual-clock.js';

const open: Gate = async () => ({ unwell: [] });

const confirmed = { outcome: 'confirmed', note: { mayStand: true } } as const;

function workOf(apply: (host: string, context: ApplyContext) => ReturnType<HostWork['apply']>): HostWork {
  return { apply, undo: async () => ({ outcome: 'undone', note: { mayStand: false } }) };
}

describe('the runner', () => {
  it('does nothing that is not in the journal yet', async () => {
    const clock = createVirtualClock();
    const told: string[] = [];
    const journal = {
      async append({ type }: RolloutEvent) {
        await clock.sleep(1_000);
        told.push(`${type} on disk`);
      },
    };
    const work = workOf(async (host, { mayConfirm }) => {
      told.push(`${host} applied`);
      expect(await mayConfirm()).toBe(true);
      told.push(`${host} confirmed`);
      return confirmed;
    });
    const state = initialState({ ...sampleSpec().policy, hosts: ['h1'], waves: [1] }, clock.now());
    await letPass(clock, runRollout({ state, journal, clock, work, gate: open }));
    expect(told).toEqual(['hostStarted on disk', 'h1 applied', 'hostConfirming on disk', 'h1 confirmed', 'hostEnded on disk']);
  });

  it('ends with what the journal says when it cannot be written, confirms nothing more, and cancels what is in flight', async () => {
    const clock = createVirtualClock();
    let appends = 0;
    const journal = {
      async append() {
        appends += 1;
        if (appends > 2) throw new Error('the disk is full');
      },
    };
    const cancelled: string[] = [];
    const confirms: string[] = [];
    const work = workOf(async (host, { signal, mayConfirm }) => {
      await clock.sleep(host === 'h1' ? 10 : 60_000, signal);
      if (signal.aborted) {
        // To cancel takes a moment, and the runner waits for it.
        await clock.sleep(1_000);
        cancelled.push(host);
      }
      await mayConfirm();
      confirms.push(host);
      return confirmed;
    });
    const state = initialState({ ...sampleSpec().policy, waves: [2], concurrency: 2 }, clock.now());
    await expect(letPass(clock, runRollout({ state, journal, clock, work, gate: open }))).rejects.toThrow('the disk is full');
    expect([cancelled, confirms]).toEqual([['h2'], []]);
  });

  it('lets hosts in flight finish when it shall rest, and begins no other', async () => {
    const clock = createVirtualClock();
    const rest = new AbortController();
    const begun: string[] = [];
    const work = workOf(async (host, { signal }) => {
      begun.push(host);
      rest.abort();
      await clock.sleep(60_000, signal);
      return confirmed;
    });
    const state = initialState({ ...sampleSpec().policy, waves: [2], concurrency: 1 }, clock.now());
    const end = await letPass(
      clock,
      runRollout({ state, journal: { append: async () => {} }, clock, work, gate: open, signal: rest.signal }),
    );
    expect([begun, end.phase, end.hosts.get('h1')?.status]).toEqual([['h1'], 'running', 'confirmed']);
  });

  it('cancels what is in flight at once when the rollout stops, and lets nothing be confirmed any more', async () => {
    const clock = createVirtualClock();
    const startAt = clock.now();
    const seen: unknown[] = [];
    const work = workOf(async (host, { signal, mayConfirm }) => {
      if (host === 'h1') return { outcome: 'failed', note: { mayStand: false, reason: 'R', message: 'no' } };
      await clock.sleep(60_000, signal);
      seen.push(signal.aborted, clock.now() - startAt, await mayConfirm());
      return { outcome: 'rolledBack', note: { mayStand: false } };
    });
    const state = initialState({ ...sampleSpec().policy, waves: [2], concurrency: 2 }, startAt);
    const end = await letPass(clock, runRollout({ state, journal: { append: async () => {} }, clock, work, gate: open }));
    expect([seen, end.stop?.reason]).toEqual([[true, 0, false], 'TOO_MANY_FAILURES']);
  });

  it('throws what is a mistake of the work', async () => {
    const clock = createVirtualClock();
    const work = workOf(async () => {
      throw new TypeError('a mistake');
    });
    const state = initialState(sampleSpec().policy, clock.now());
    await expect(letPass(clock, runRollout({ state, journal: { append: async () => {} }, clock, work, gate: open }))).rejects.toThrow(
      'a mistake',
    );
  });

  it('asks the gate once before each further wave, with all that was confirmed', async () => {
    const clock = createVirtualClock();
    const questions: unknown[] = [];
    const gate: Gate = async (question) => {
      questions.push(question);
      await clock.sleep(60_000);
      return { unwell: [] };
    };
    const { policy } = sampleSpec({ hosts: ['h1', 'h2', 'h3'], waves: [1, 2, 3] });
    const state = initialState(policy, clock.now());
    const work = workOf(async () => confirmed);
    const end = await letPass(clock, runRollout({ state, journal: { append: async () => {} }, clock, work, gate }));
    expect(questions).toEqual([
      { wave: 0, hosts: ['h1'] },
      { wave: 1, hosts: ['h1', 'h2'] },
    ]);
    expect(end.stop).toBeUndefined();
  });

  it('leaves the gate when it shall rest, and when the time for the whole is over', async () => {
    const clock = createVirtualClock();
    const rest = new AbortController();
    const left: AbortSignal[] = [];
    const gateThat =
      (act: () => void): Gate =>
      (_question, signal) => {
        signal.addEventListener('abort', () => left.push(signal));
        act();
        return new Promise(() => {});
      };
    const common = { journal: { append: async () => {} }, clock, work: workOf(async () => confirmed) };
    const state = initialState(sampleSpec().policy, clock.now());
    const resting = runRollout({ ...common, state, gate: gateThat(() => rest.abort()), signal: rest.signal });
    expect((await letPass(clock, resting)).phase).toBe('atGate');
    const end = await letPass(clock, runRollout({ ...common, state, gate: gateThat(() => {}) }));
    expect([end.stop?.reason, left.length]).toEqual(['DEADLINE_EXCEEDED', 2]);
  });
});
