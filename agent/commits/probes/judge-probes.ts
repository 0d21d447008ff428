import type { ProbeResult } from '../commit.js';
import type { ProbeFinding } from './probe.js';

/** What the probes say of a change. */
export interface ProbeVerdict {
  /** In the order of the probes. */
  readonly results: readonly ProbeResult[];
  /** Those that passed before the change and not after it: the change is to be undone. */
  readonly broken: readonly ProbeResult[];
}

/** Holds the findings before and after a change against each other. A probe that did not pass before proves nothing. */
export function judgeProbes(before: readonly ProbeFinding[], after: readonly ProbeFinding[] | undefined): ProbeVerdict {
  const results = before.map((first, index): ProbeResult => {
    const second = after?.[index];
    return { probe: first.probe, passedBefore: first.passed, passedAfter: second?.passed, message: second?.message || first.message };
  });
  return { results, broken: results.filter(({ passedBefore, passedAfter }) => passedBefore && passedAfter === false) };
}
