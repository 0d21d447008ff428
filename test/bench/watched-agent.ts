import { startTestAgent } from '../../agent/testing.js';

/** What the benchmark asks of the agent's process. */
export type Question =
  | { readonly ask: 'memory' }
  /** Another program adds so many rows at once. */
  | { readonly ask: 'change'; readonly rows: number };

/** What it answers. */
export type Answer =
  | { readonly address: string }
  /** In bytes, after everything that can go was collected. */
  | { readonly memory: number }
  /** When the first row was added, process.hrtime in ns: one clock for all processes of the machine. */
  | { readonly changedAt: string };

const tell = (answer: Answer): void => void process.send?.(answer);

const agent = await startTestAgent({ profile: 'datacenter' });
agent.control.addManyRoutes(Number(process.argv[2]));
tell({ address: agent.address });
process.on('message', (question: Question) => {
  switch (question.ask) {
    case 'memory':
      for (let round = 0; round < 3; round++) globalThis.gc?.();
      tell({ memory: process.memoryUsage().rss });
      break;
    case 'change': {
      const changedAt = String(process.hrtime.bigint());
      agent.control.addManyRoutes(question.rows);
      tell({ changedAt });
      break;
    }
  }
});
process.on('disconnect', () => void agent.close().then(() => process.exit()));
