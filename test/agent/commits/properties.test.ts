import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { changes, rowsAfter, splitTable } from './arbitraries.js';
import { nobody, patienceMs, tableOf, useStoppedClock, writesOf } from './fixture.js';
import { applied, makeScene, scenes } from './scene.js';

useStoppedClock();

let runs = 0;
afterAll(() => console.log(`properties of commits: ${runs} runs`));

it(
  'reaches the rows that are asked for, touches no other, and then has nothing more to do',
  async () => {
    const property = fc.asyncProperty(fc.record({ ...scenes, change: changes }), async ({ change, ...given }) => {
      runs += 1;
      const scene = await makeScene(given);
      const before = splitTable(scene.host);
      const wanted = rowsAfter(change, before.rows, scene.owners);
      const result = await applied(scene, change);
      expect(result === undefined).toBe(wanted === undefined);
      const after = splitTable(scene.host);
      expect(after.rows).toEqual(wanted ?? before.rows);
      expect(after.others).toEqual(before.others);

      // The same state asked for again: no step, no commit, not a single write.
      const writes = writesOf(scene.host);
      const asked = change.asked.filter(({ slot }) => after.rows.has(slot)).map((each) => ({ ...each, action: 'put' as const }));
      if (result === undefined || change.atomicity === 'continue-on-error') return;
      const again = await applied(scene, { ...change, asked, replaceOwned: change.replaceOwned && wanted !== undefined });
      expect(again?.commit).toBeUndefined();
      expect(writesOf(scene.host)).toBe(writes);
    });
    await fc.assert(property, { numRuns: 600 });
  },
  patienceMs,
);

it(
  'is undone byte for byte when it is cancelled',
  async () => {
    const property = fc.asyncProperty(fc.record({ ...scenes, change: changes }), async ({ change, ...given }) => {
      runs += 1;
      const scene = await makeScene(given);
      const before = tableOf(scene.host, { restored: true });
      const receipts = [...scene.agent.engine.receipts.values()];
      const result = await applied(scene, change, 'a');
      if (result?.commit === undefined) return;
      const { record } = await scene.agent.engine.cancel('a', { abandon: false }, nobody);
      expect(record.state).toBe('rolled-back');
      expect(record.steps.every(({ outcome }) => outcome.failure === undefined)).toBe(true);
      expect(tableOf(scene.host, { restored: true })).toEqual(before);
      expect(new Set(scene.agent.engine.receipts.values())).toEqual(new Set(receipts));
    });
    await fc.assert(property, { numRuns: 600 });
  },
  patienceMs,
);
