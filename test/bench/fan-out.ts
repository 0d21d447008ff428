import { createTestPki } from '../support/pki.js';
import { startBenchProcess } from './bench-process.js';
import { type Benchmark, type Result, resultOf } from './benchmark.js';
import type { FanOutCost, FanOutOrder } from './fan-out-client.js';
import type { FanOutServerOrder } from './fan-out-server.js';

const [few, many] = [500, 2000];

/** What a connection to one more host costs a controller. */
export const fanOut: Benchmark = {
  name: 'fan-out',
  about: 'mutual TLS connections of one process, 32 begun at a time, one call over each and all kept: SDK against node:http2 alone',
  async run({ rounds }) {
    const pki = await createTestPki();
    const [server, controller] = await Promise.all([
      pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] }),
      pki.issueClient({ name: 'controller' }),
    ]);
    const peer = startBenchProcess('fan-out-server');
    try {
      const port = await peer.ask<number>({ ...server, ca: pki.ca } satisfies FanOutServerOrder);
      const cost = (by: FanOutOrder['by'], count: number): Promise<FanOutCost> =>
        connectAll({ by, count, port, tls: { ...controller, ca: pki.ca } });
      const results: Result[] = [];
      const walls: Record<number, number[]> = { [few]: [], [many]: [] };
      for (const count of [few, many]) {
        const pairs: [FanOutCost, FanOutCost][] = [];
        for (let round = 0; round < rounds; round++) {
          // Each begins every other round.
          const floorFirst = round % 2 === 1 ? await cost('http2', count) : undefined;
          const ours = await cost('sdk', count);
          pairs.push([ours, floorFirst ?? (await cost('http2', count))]);
          walls[count]?.push(ours.wallMs);
        }
        const of = (member: keyof FanOutCost) => pairs.map(([ours, floor]): [number, number] => [ours[member], floor[member]]);
        results.push(
          resultOf({ what: `CPU of one connect, ${count}`, unit: 'ms', goal: { most: 1.5 } }, of('cpuMs')),
          resultOf({ what: `memory of one connection, ${count}`, unit: 'KiB', goal: { most: 1.6 } }, of('kibibytes')),
        );
      }
      const pairs = (walls[many] ?? []).map((wall, round): [number, number] => [wall, walls[few]?.[round] ?? Number.NaN]);
      results.push(resultOf({ what: `time per host, SDK: ${many} against ${few}`, unit: 'ms', goal: { most: 1.2 } }, pairs));
      return results;
    } finally {
      await peer.end();
    }
  },
};

/** In a process of its own. */
async function connectAll(order: FanOutOrder): Promise<FanOutCost> {
  const client = startBenchProcess('fan-out-client');
  try {
    return await client.ask<FanOutCost>(order);
  } finally {
    await client.end();
  }
}
