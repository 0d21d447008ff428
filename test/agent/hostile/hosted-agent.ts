/** An agent in a process of its own, with 10,000 rows and mutual TLS: what is done to it is its memory and its life alone. */
import pino from 'pino';
import { startTestAgent } from '../../../agent/testing.js';

/** What a test asks of the process. */
export type Question = 'health';

/** What it answers. */
export interface Health {
  /** Resident memory in bytes, after everything that can go was collected. */
  readonly memory: number;
  /** Lines of the log that say that something failed unexpectedly. */
  readonly incidents: readonly string[];
  /** Calls whose handler ran, by path. */
  readonly handled: Readonly<Record<string, number>>;
}

const { certificate = '', key = '', ca = '' } = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const incidents: string[] = [];
const handled: Record<string, number> = {};
const write = (line: string): void => {
  const { level, msg, rpc = '' } = JSON.parse(line) as { readonly level: number; readonly msg: string; readonly rpc?: string };
  if (level >= 50) incidents.push(line);
  if (msg === 'served' || msg === 'refused') handled[rpc] = (handled[rpc] ?? 0) + 1;
};
process.on('unhandledRejection', (error) => incidents.push(`unhandled: ${error}`));

const agent = await startTestAgent({ profile: 'datacenter', tls: { certificate, key, ca }, log: pino({ level: 'debug' }, { write }) });
agent.control.addManyRoutes(10_000);
process.on('message', (_question: Question) => {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  process.send?.({ memory: process.memoryUsage().rss, incidents, handled } satisfies Health);
});
process.on('disconnect', () => void agent.close().then(() => process.exit()));
process.send?.({ address: agent.address });
