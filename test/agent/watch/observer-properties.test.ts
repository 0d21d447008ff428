import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { agentStopping } from '../../../agent/routes/errors.js';
import type { Watcher } from '../../../agent/watch/watcher.js';
import { fold, metricsOf } from './rows.js';
import { intervalMs, Scene, useStoppedClock } from './scene.js';

useStoppedClock();

/** Commits of the agent write metrics above 100, other programs below. */
const commitOf = (metric: number): string => `commit-${metric}`;

const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('external' as const), row: fc.nat(2), metric: fc.option(fc.nat(9), { nil: undefined }) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('own' as const), row: fc.nat(2), deletes: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('step' as const), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ what: 'list' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'attach' as const }) },
  { weight: 2, arbitrary: fc.constant({ what: 'wait' as const }) },
);

it('leaves every watcher with the table as it is, and every change with whoever did it, in whatever order things happen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 50 }), async (happenings) => {
      const scene = new Scene({ 0: 3, 1: 5 });
      const running: Promise<unknown>[] = [];
      const watchers: Promise<{ readonly watcher: Watcher; readonly known: Map<string, number> }>[] = [];
      const attach = () =>
        watchers.push(
          scene.observer.attach(() => true).then(({ watcher }) => ({ watcher, known: metricsOf(scene.observer.begin(watcher).rows) })),
        );
      attach();
      let writing = false;
      let metric = 100;
      for (const event of happenings) {
        switch (event.what) {
          case 'external':
            // Metrics of other programs are below 100; what they delete after the agent wrote it is theirs as well.
            scene.external(event.row, event.metric);
            break;
          case 'own': {
            // One after the other, as the engine does it.
            if (writing) break;
            writing = true;
            metric += 1;
            const done = scene.own(event.row, event.deletes ? undefined : metric, commitOf(metric));
            running.push(done.finally(() => (writing = false)));
            break;
          }
          case 'step':
            await scene.host.step(event.which);
            break;
          case 'list':
            running.push(scene.observer.table.list());
            break;
          case 'attach':
            attach();
            break;
          case 'wait':
            await vi.advanceTimersByTimeAsync(20);
            break;
        }
      }
      await scene.host.settle();
      await Promise.all(running);
      for (let round = 0; round < 3; round++) await scene.pass(intervalMs);
      for (const attaching of watchers) {
        const { watcher, known } = await attaching;
        const batch = watcher.take(10_000);
        fold(known, batch);
        expect(known).toEqual(scene.host.metrics());
        for (const { row, commitId } of batch.changes) {
          if (row !== undefined) expect(commitId).toBe(row.route.metric > 100 ? commitOf(row.route.metric) : undefined);
        }
      }
      scene.observer.close(agentStopping());
    }),
    { numRuns: 1000 },
  );
});
