import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { countHandshakes, countOpen } from '../support/connection-count.js';

/** What a process of agents is asked for: always an answer. */
export type AgentsQuestion =
  | {
      readonly ask: 'start';
      /** Numbers of the hosts in their fleet, from 1. */
      readonly first: number;
      readonly last: number;
      /** Rows of other programs in each table, beside those of the system. */
      readonly rows: number;
      /** PEM texts. */
      readonly tls: { readonly certificate: string; readonly key: string; readonly ca: string };
    }
  | { readonly ask: 'count' }
  | { readonly ask: 'stop' };

/** What was counted at the hosts since they were started. */
export interface AgentsCount {
  /** TLS handshakes. */
  readonly handshakes: number;
  /** TCP connections that are open. */
  readonly open: number;
}

const handshakes = countHandshakes();
const open = countOpen('server');
let agents: readonly TestAgent[] = [];

const portOf = ({ address }: TestAgent): number => Number(address.slice(address.lastIndexOf(':') + 1));

async function answer(question: AgentsQuestion): Promise<readonly string[] | AgentsCount> {
  switch (question.ask) {
    case 'start': {
      const { first, last, rows, tls } = question;
      const started: TestAgent[] = [];
      for (let hostNumber = first; hostNumber <= last; hostNumber++) {
        const agent = await startTestAgent({ hostName: `host${hostNumber}`, hostNumber, tls });
        agent.control.addManyRoutes(rows);
        started.push(agent);
      }
      agents = started;
      return agents.map(({ address }) => address);
    }
    case 'count':
      return { handshakes: agents.reduce((sum, agent) => sum + (handshakes.byPort.get(portOf(agent)) ?? 0), 0), open: open.now };
    case 'stop':
      await Promise.all(agents.map((agent) => agent.close()));
      agents = [];
      return [];
  }
}

process.on('message', async (question: AgentsQuestion) => process.send?.(await answer(question)));
process.on('disconnect', () => process.exit());
