import { connect, type RouteClient } from '../../client/index.js';
import { startBenchProcess } from './bench-process.js';
import { type Benchmark, compare, type Result } from './benchmark.js';
import { creations, operationNextHop, operationPrefix } from './operations.js';
import type { WriteQuestion } from './write-agent.js';

/** Operations of one ApplyRoutes, by what a native write takes, in µs. */
const cases = [
  { writeUs: 20, operations: 10_000, goal: { least: 0.8 } },
  { writeUs: 290, operations: 5_000, goal: { least: 0.95 } },
] as const;
const freeOperations = 10_000;
/** Below what one connection may call at once without being slowed down. */
const unaryCalls = 300;
const atOnce = 16;

/** ApplyRoutes over loopback. */
export const apply: Benchmark = {
  name: 'apply',
  about:
    'ApplyRoutes of an agent with its journal on disk, from the SDK, against unary CreateRoute 16 at a time, and against a bare loop of native writes',
  async run({ rounds }) {
    const results: Result[] = [await againstUnary(rounds)];
    for (const each of cases) results.push(await againstLoop(rounds, each));
    return results;
  },
};

async function againstUnary(rounds: number): Promise<Result> {
  const agent = await startWriteAgent(0);
  try {
    return await compare({
      rounds,
      what: 'free operations, and unary calls',
      unit: 'operations/s',
      goal: { least: 100 },
      ours: () => agent.applyRate(freeOperations),
      floor: () => agent.unaryRate(unaryCalls),
    });
  } finally {
    await agent.close();
  }
}

async function againstLoop(rounds: number, { writeUs, operations, goal }: (typeof cases)[number]): Promise<Result> {
  const agent = await startWriteAgent(writeUs);
  try {
    return await compare({
      rounds,
      what: `operations of ${writeUs} µs, and their loop`,
      unit: 'operations/s',
      goal,
      ours: () => agent.applyRate(operations),
      floor: () => agent.loopRate(operations),
    });
  } finally {
    await agent.close();
  }
}

/** An agent whose writes take a time; every measure leaves its table as it was. */
export interface WriteAgent {
  readonly address: string;
  /** Operations per second of one ApplyRoutes; `beside` is given its end, and waited for before the table is cleared. */
  applyRate(count: number, beside?: (applied: Promise<unknown>) => Promise<void>): Promise<number>;
  unaryRate(count: number): Promise<number>;
  loopRate(count: number): Promise<number>;
  /** Another program adds rows, 44.0.0.0/32 and so on. */
  fill(rows: number): Promise<unknown>;
  close(): Promise<void>;
}

/** @param writeUs - what creating a row takes, in µs; 0: as long as the simulation takes */
export async function startWriteAgent(writeUs: number): Promise<WriteAgent> {
  const program = startBenchProcess('write-agent', [String(writeUs)]);
  const { address } = await program.greeting<{ readonly address: string }>();
  const ask = async (question: WriteQuestion): Promise<number> => (await program.ask<{ readonly ms: number }>(question)).ms;
  const clear = (rows: number) => ask({ ask: 'clear', rows });
  /** Over a connection of its own: what one may call is counted for each. */
  const rate = async (count: number, work: (client: RouteClient) => Promise<unknown>): Promise<number> => {
    const client = connect({ address, insecure: true });
    await client.getAgent();
    const begun = performance.now();
    await work(client);
    const seconds = (performance.now() - begun) / 1000;
    client.close();
    await clear(count);
    return count / seconds;
  };
  return {
    address,
    applyRate: (count, beside) => {
      const operations = creations(count);
      return rate(count, async (client) => {
        const applied = client.applyRoutes({ operations });
        await beside?.(applied);
        const { ok, commit } = await applied;
        if (!ok || commit?.steps.length !== count) throw new Error(`the apply failed: ${commit?.failure?.message}`);
      });
    },
    unaryRate: (count) =>
      rate(count, (client) => {
        const left = Array.from({ length: count }, (_, index) => operationPrefix(index));
        const caller = async (): Promise<void> => {
          for (let prefix = left.pop(); prefix !== undefined; prefix = left.pop()) {
            await client.createRoute({ destinationPrefix: prefix, nextHop: operationNextHop, metric: 5, interface: { alias: 'Storage' } });
          }
        };
        return Promise.all(Array.from({ length: atOnce }, caller));
      }),
    async loopRate(count) {
      const ms = await ask({ ask: 'loop', rows: count });
      await clear(count);
      return (1000 * count) / ms;
    },
    fill: (rows) => ask({ ask: 'fill', rows }),
    close: program.end,
  };
}
