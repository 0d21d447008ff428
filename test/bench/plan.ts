import { startBenchProcess } from './bench-process.js';
import { type Benchmark, compare } from './benchmark.js';
import type { PlanQuestion } from './plan-program.js';

/** The plan of a large desired set. */
export const plan: Benchmark = {
  name: 'plan',
  about:
    'resolving and planning a desired set of which 1 % changes, in a process of its own, against the key as text and one Map look-up per row',
  async run({ rounds }) {
    const program = startBenchProcess('plan-program');
    try {
      await program.greeting();
      const cpuMs = (question: PlanQuestion) => (): Promise<number> => program.ask<number>(question);
      const sides = { ours: cpuMs('plan'), floor: cpuMs('look-ups') };
      return [await compare({ rounds, what: '100,000 rows', unit: 'ms CPU', goal: { most: 5 }, ...sides })];
    } finally {
      await program.end();
    }
  },
};
