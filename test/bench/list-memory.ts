import { startBenchProcess } from './bench-process.js';
import { type Benchmark, resultOf } from './benchmark.js';
import type { ListClientFigures } from './list-client.js';
import { startListScene } from './list-scene.js';
import { tableSize } from './table-bytes.js';

const rows = 1_000_000;
const mebibyte = 1024 * 1024;

/** What a large listing takes of the memory of both sides. */
export const listMemory: Benchmark = {
  name: 'list-memory',
  about:
    'most resident memory of agent and of client above what it was before a listing of 1,000,000 rows, each in a process of its own, against the size of the table that Windows gives out',
  missing: () => (process.platform === 'linux' ? undefined : '/proc/self/clear_refs of Linux'),
  async run({ rounds }) {
    const scene = await startListScene(rows);
    const pairs: Record<'agent' | 'client', [number, number][]> = { agent: [], client: [] };
    const table = tableSize(rows) / mebibyte;
    try {
      for (let round = 0; round < rounds; round++) {
        const client = startBenchProcess('list-client');
        await scene.agent.ask({ ask: 'watch-memory' });
        const figures = await client.ask<ListClientFigures>({ address: scene.addresses.agent, tls: scene.tls });
        const peak = await scene.agent.ask<number>({ ask: 'memory' });
        await client.end();
        if (figures.rows !== rows) throw new Error(`${figures.rows} of ${rows} rows came`);
        pairs.agent.push([peak / mebibyte, table]);
        pairs.client.push([figures.peak / mebibyte, table]);
      }
    } finally {
      await scene.end();
    }
    const result = (side: 'agent' | 'client') =>
      resultOf({ what: `${side}, ${rows.toLocaleString('en')} rows`, unit: 'MiB', goal: { most: 3 } }, pairs[side]);
    return [result('agent'), result('client')];
  },
};
