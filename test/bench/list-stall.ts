import { connect } from '../../client/index.js';
import { type Benchmark, type Result, resultOf } from './benchmark.js';
import type { HoldUp } from './hold-ups.js';
import { startListScene } from './list-scene.js';

const rows = 100_000;
/** For which any call may have to wait because of another, in ms. */
const budgetMs = 10;

/** What a large listing does to everybody else. */
export const listStall: Benchmark = {
  name: 'list-stall',
  about:
    'longest round of the event loop of the agent while it lists 100,000 rows, against a budget of 10 ms: in CPU time of the process, and by the clock, which also has what else the machine did',
  async run({ rounds }) {
    const scene = await startListScene(rows);
    const client = connect({ address: scene.addresses.agent, tls: scene.tls });
    try {
      const holdUps: HoldUp[] = [];
      for (let round = 0; round <= rounds; round++) {
        await scene.agent.ask({ ask: 'watch-loop' });
        await client.listRoutes().toArray();
        holdUps.push(await scene.agent.ask<HoldUp>({ ask: 'hold-up' }));
      }
      // The first round compiled.
      const result = (how: string, of: keyof HoldUp): Result =>
        resultOf(
          { what: how, unit: 'ms', goal: { most: 1 } },
          holdUps.slice(1).map((each) => [each[of], budgetMs]),
        );
      return [result('CPU time', 'cpuMs'), result('clock', 'wallMs')];
    } finally {
      await client.close();
      await scene.end();
    }
  },
};
