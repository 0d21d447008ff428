import { setTimeout as delay } from 'node:timers/promises';
import { connect, type RouteClient, type RouteOperation } from '../../client/index.js';
import { startWriteAgent } from './apply.js';
import { startBenchProcess } from './bench-process.js';
import { type Benchmark, type Result, resultOf } from './benchmark.js';

const operations = 10_000;
const planned = 100_000;
const goalMs = 10;
/** How long nothing else is asked of the agent, to tell what the machine itself makes of such waits. */
const idleMs = 1000;

/** What a large change does to others. */
export const applyStall: Benchmark = {
  name: 'apply-stall',
  about: 'longest wait of a ConfirmCommit (of an unknown commit) from another process during one large call, against 10 ms',
  async run({ rounds }) {
    const agent = await startWriteAgent(0);
    const client = connect({ address: agent.address, insecure: true });
    try {
      const results: Result[] = [];
      const line = async (what: string, work: (probing: Probing) => Promise<unknown>): Promise<void> => {
        const pairs: (readonly [number, number])[] = [];
        for (let round = 0; round <= rounds; round++) {
          const longest = await longestWait(agent.address, work);
          if (round > 0) pairs.push([longest, goalMs]);
        }
        results.push(resultOf({ what, unit: 'ms', goal: { most: 1 } }, pairs));
      };
      await line('an idle agent', (probing) => probing(delay(idleMs)));
      await line('an apply of 10,000', (probing) => agent.applyRate(operations, probing));
      await agent.fill(planned);
      const puts = await putsOf(client);
      await line('a plan of 100,000', (probing) => probing(client.planRoutes({ operations: puts })));
      return results;
    } finally {
      client.close();
      await agent.close();
    }
  },
};

/** Asks the agent until a call has ended. */
type Probing = (call: Promise<unknown>) => Promise<void>;

async function longestWait(address: string, work: (probing: Probing) => Promise<unknown>): Promise<number> {
  const prober = startBenchProcess('confirm-prober', [address]);
  await prober.greeting();
  let longest = Number.NaN;
  try {
    await work(async (call) => {
      await prober.ask({ ask: 'begin' });
      await call;
      longest = (await prober.ask<{ readonly longestMs: number }>({ ask: 'end' })).longestMs;
    });
    return longest;
  } finally {
    await prober.end();
  }
}

/** The rows of the other program, of which one in a hundred shall be another. */
async function putsOf(client: RouteClient): Promise<RouteOperation[]> {
  const { route } = await client.getBestRoute({ destination: '44.0.0.0' });
  return Array.from({ length: planned }, (_, index) => ({
    put: {
      destinationPrefix: `44.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32`,
      interface: { index: route.interfaceIndex },
      metric: index % 100 === 0 ? 7 : route.metric,
    },
  }));
}
