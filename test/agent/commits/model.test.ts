import fc from 'fast-check';
import { afterAll, it } from 'vitest';
import { splitTable } from './arbitraries.js';
import { makeHost, patienceMs, useStoppedClock } from './fixture.js';
import type { Model, Real } from './model.js';
import { commands } from './model-commands.js';

useStoppedClock();

let runs = 0;
let steps = 0;
afterAll(() => console.log(`model of commits: ${runs} runs, ${steps} steps`));

it(
  'does what a simple model says, whatever happens to it',
  async () => {
    const property = fc.asyncProperty(commands, async (sequence) => {
      const host = makeHost();
      const agent = await host.start({ boot: { id: 'boot 0', uptimeSeconds: 1 } });
      const model: Model = { rows: new Map(), owners: new Map(), unsettled: undefined, history: new Map(), nowMs: 0 };
      const real: Real = { host, others: splitTable(host).others, agent, boots: 0, commits: 0 };
      runs += 1;
      await fc.asyncModelRun(() => ({ model, real }), sequence);
      steps += [...sequence].filter((each) => each.toString() !== '').length;
    });
    await fc.assert(property, { numRuns: 400 });
  },
  patienceMs,
);
