import { describe, expect, it } from 'vitest';
import { judgeProbes } from '../../../../agent/commits/probes/judge-probes.js';
import type { ProbeFinding } from '../../../../agent/commits/probes/probe.js';

const passed = (probe: string): ProbeFinding => ({ probe, passed: true, message: '' });
const failed = (probe: string, message: string): ProbeFinding => ({ probe, passed: false, message });

describe('judgeProbes', () => {
  it('counts only probes that passed before', () => {
    const before = [passed('kept'), passed('lost'), failed('never', 'refused'), failed('mended', 'refused')];
    const after = [passed('kept'), failed('lost', 'timed out'), failed('never', 'unreachable'), passed('mended')];
    const { results, broken } = judgeProbes(before, after);
    expect(results).toEqual([
      { probe: 'kept', passedBefore: true, passedAfter: true, message: '' },
      { probe: 'lost', passedBefore: true, passedAfter: false, message: 'timed out' },
      { probe: 'never', passedBefore: false, passedAfter: false, message: 'unreachable' },
      { probe: 'mended', passedBefore: false, passedAfter: true, message: 'refused' },
    ]);
    expect(broken).toEqual([results[1]]);
  });

  it('says of a change that was not made what was found before, and that nothing broke', () => {
    const { results, broken } = judgeProbes([passed('a'), failed('b', 'refused')], undefined);
    expect(results).toEqual([
      { probe: 'a', passedBefore: true, passedAfter: undefined, message: '' },
      { probe: 'b', passedBefore: false, passedAfter: undefined, message: 'refused' },
    ]);
    expect(broken).toEqual([]);
  });
});
