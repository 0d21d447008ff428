import { describe, expect, it } from 'vitest';
import { type CallKind, type CallLimit, type CallLimits, callLimits, createCallLimits, type Entry } from '../../../agent/access/limits.js';
import { createRecent } from '../../../agent/access/recent.js';
import { TokenBucket } from '../../../agent/access/token-bucket.js';

const tight: CallLimit = { perSecond: 10, burst: 3, atOnce: 2 };

/** Limits over a clock that only moves when told to. */
function limitsAt(limit: CallLimit): { readonly limits: CallLimits; pass(ms: number): void } {
  let now = 0;
  return {
    limits: createCallLimits(() => now, { ...callLimits, read: limit, write: limit }),
    pass(ms) {
      now += ms;
    },
  };
}

/** Makes a call that ends at once. */
function call(entry: Entry): string {
  if (entry.let === 'in') entry.leave();
  return entry.let === 'in'
    ? 'served'
    : `${entry.error.reason} ${entry.error.facts.limit}, again in ${entry.error.facts.retry_after_ms} ms`;
}

describe('a token bucket', () => {
  it('gives its burst at once, then one token per period, and never more than the burst after a long rest', () => {
    const bucket = new TokenBucket({ perSecond: 4, burst: 2 });
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 250]);
    expect([bucket.take(249), bucket.take(250), bucket.take(250)]).toEqual([1, 0, 250]);
    expect([1, 2, 3].map(() => bucket.take(1_000_000))).toEqual([0, 0, 250]);
  });

  it('leaves a reserve to those who may take it', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 4 });
    expect([1, 2, 3].map(() => bucket.take(0, 2))).toEqual([0, 0, 1000]);
    expect([1, 2, 3].map(() => bucket.take(0))).toEqual([0, 0, 1000]);
  });
});

describe('calls of an identity', () => {
  it('are refused above the rate, with the time after which one more is served', () => {
    const { limits, pass } = limitsAt(tight);
    expect(Array.from({ length: 4 }, () => call(limits.enter('jane', 'read')))).toEqual([
      'served',
      'served',
      'served',
      'RATE_LIMITED 10 per second, again in 100 ms',
    ]);
    pass(99);
    expect(call(limits.enter('jane', 'read'))).toBe('RATE_LIMITED 10 per second, again in 1 ms');
    pass(1);
    expect(call(limits.enter('jane', 'read'))).toBe('served');
  });

  it('are refused while too many run, whatever the rate', () => {
    const { limits } = limitsAt({ perSecond: 1000, burst: 1000, atOnce: 2 });
    const first = limits.enter('jane', 'read');
    limits.enter('jane', 'read');
    expect(call(limits.enter('jane', 'read'))).toBe('RATE_LIMITED 2 at the same time, again in 1000 ms');
    if (first.let === 'in') first.leave();
    expect(call(limits.enter('jane', 'read'))).toBe('served');
  });

  it('are refused while too many are served, also for callers who left', () => {
    const { limits } = limitsAt({ perSecond: 1000, burst: 1000, atOnce: 2 });
    const [first] = [1, 2].map(() => {
      call(limits.enter('jane', 'read'));
      return limits.work('jane', 'read');
    });
    expect(call(limits.enter('jane', 'read')), 'no stream is open').toBe('served');
    expect(() => limits.work('jane', 'read')).toThrow('"jane" makes more read calls than 2 at the same time');
    limits.work('joe', 'read');
    first?.();
    limits.work('jane', 'read');
  });

  it('take nothing from other kinds of calls, nor from other identities', () => {
    const { limits } = limitsAt(tight);
    for (let count = 0; count < 500; count++) call(limits.enter('jane', 'read'));
    expect(call(limits.enter('jane', 'write'))).toBe('served');
    expect(call(limits.enter('jane', 'settle'))).toBe('served');
    expect(call(limits.enter('joe', 'read'))).toBe('served');
  });

  describe('of one who goes on', () => {
    const refusedJane = () => {
      const { limits, pass } = limitsAt({ perSecond: 0.001, burst: 1, atOnce: 9 });
      call(limits.enter('jane', 'read'));
      const refuse = (times: number, kind: CallKind = 'read') =>
        Array.from({ length: times }, () => limits.enter('jane', kind)).filter((entry) => entry.let === 'out');
      return { limits, pass, refuse };
    };

    it('are reported once in ten seconds, with the number of those refused', () => {
      const { pass, refuse } = refusedJane();
      const reports = (entries: ReturnType<typeof refuse>): number[] => entries.flatMap(({ report = [] }) => report);
      expect(reports(refuse(501))).toEqual([1]);
      pass(10_000);
      expect(reports(refuse(3))).toEqual([501]);
    });

    it('shut the caller out after 500 of them, for five seconds and whatever it calls; then its patience is measured anew', () => {
      const { limits, pass, refuse } = refusedJane();
      const firstOut = (entries: ReturnType<typeof refuse>): number => entries.map(({ disconnect }) => disconnect).indexOf(true);
      expect(firstOut(refuse(501))).toBe(500);
      pass(4999);
      expect(refuse(1, 'settle').map(({ disconnect, error }) => [disconnect, error.facts.retry_after_ms])).toEqual([[true, '1']]);
      expect(call(limits.enter('joe', 'settle')), 'another one').toBe('served');
      pass(1);
      expect(call(limits.enter('jane', 'settle')), 'let in again').toBe('served');
      // In five seconds 250 refusals came back.
      expect(firstOut(refuse(400))).toBe(250);
    });
  });

  it('are remembered of 4,096 identities, and of any that has one running', () => {
    const { limits } = limitsAt({ perSecond: 0.001, burst: 1, atOnce: 9 });
    limits.enter('jane', 'read');
    for (const name of ['joe']) call(limits.enter(name, 'read'));
    for (let count = 0; count < 5000; count++) call(limits.enter(`nobody ${count}`, 'read'));
    expect(call(limits.enter('jane', 'read'))).toMatch(/^RATE_LIMITED/);
    expect(call(limits.enter('joe', 'read')), 'forgotten').toBe('served');
  });
});

describe('what is remembered of the most recent', () => {
  it('is bounded, and goes by when it was last asked for', () => {
    let made = 0;
    const recent = createRecent(2, () => ++made);
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map((name) => recent.of(name))).toEqual([1, 2, 1, 3, 1, 4]);
    expect(recent.size).toBe(2);
    expect([recent.find('b'), recent.find('c')]).toEqual([4, undefined]);
  });
});
