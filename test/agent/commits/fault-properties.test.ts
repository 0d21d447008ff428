import fc from 'fast-check';
import { afterAll, expect, it, vi } from 'vitest';
import type { CommitRecord } from '../../../agent/commits/commit.js';
import { changes, failedSlots, faults, rowsAfter, splitTable } from './arbitraries.js';
import { nobody, patienceMs, tableOf, useStoppedClock } from './fixture.js';
import { applied, makeScene, scenes } from './scene.js';

useStoppedClock();

let runs = 0;
afterAll(() => console.log(`properties of commits with faults: ${runs} runs`));

it(
  'is done, or not done, with a native call that fails: nothing between, and its results tell which',
  async () => {
    const property = fc.asyncProperty(fc.record({ ...scenes, change: changes, fault: faults, every: fc.boolean() }), async (given) => {
      const { change, fault, every } = given;
      runs += 1;
      const scene = await makeScene(given);
      const { host, agent } = scene;
      const [before, rowsBefore] = [tableOf(host, { restored: true }), splitTable(host)];
      // What fails for good cannot be put back at once where others go on, and is not asked of them here.
      const lasting = every && change.atomicity === 'all-or-nothing';
      host.control.fail(fault.functionName, { call: lasting ? 'every' : fault.call, code: fault.code });
      const result = await applied(scene, change, 'a');
      host.control.clearFaults();
      const state = result?.commit?.record.state;
      if (state === 'rollback-failed') {
        await expect(applied(scene, change, 'b')).resolves.toBeUndefined();
        await vi.advanceTimersByTimeAsync(1000);
        await agent.idle();
        expect(agent.engine.unsettled).toBeUndefined();
      }
      if (state === 'pending') {
        const failed = failedSlots(result?.commit?.record as CommitRecord);
        expect(splitTable(host).rows).toEqual(rowsAfter(change, rowsBefore.rows, scene.owners, failed));
        expect(splitTable(host).others).toEqual(rowsBefore.others);
        await agent.engine.cancel('a', { abandon: false }, nobody);
      }
      expect(tableOf(host, { restored: true })).toEqual(before);
    });
    await fc.assert(property, { numRuns: 800 });
  },
  patienceMs,
);
