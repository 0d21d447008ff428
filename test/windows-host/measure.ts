import { connect, type RouteClient } from '../../client/index.js';
import { elapsedMs } from '../bench/benchmark.js';
import { startHostAgent } from './host-agent.js';
import { type Comparison, compareWithNetRoutes } from './net-routes.js';
import type { Findings } from './report.js';
import { mark } from './test-interfaces.js';

/** Compares what Get-NetRoute showed just now with what an agent shows. */
export function comparedListing(netRoutes: string): Promise<Comparison> {
  return withClient(async (client) => compareWithNetRoutes(await client.listRoutes().toArray(), netRoutes));
}

/**
 * Makes routes on a test interface, in one commit and one by one, and takes them away each time.
 *
 * @param count - 1 to 200
 * @throws when the interface is not marked as one of a test
 */
export function timedWrites(
  alias: string,
  nextHop: string,
  count: number,
): Promise<Pick<NonNullable<Findings['times']>, 'agentInOneCommit' | 'agentOneByOne'>> {
  if (!alias.startsWith(mark)) throw new Error(`the interface "${alias}" is not marked as one of a test ("${mark}")`);
  const routes = Array.from({ length: count }, (_, n) => ({
    destinationPrefix: `198.18.${n + 1}.0/24`,
    nextHop,
    metric: 5,
    interface: { alias },
  }));
  return withClient(async (client) => {
    const removeAll = async (): Promise<void> => {
      for (const route of routes) await client.deleteRoute(route, { allowMissing: true });
    };
    try {
      await removeAll();
      const agentInOneCommit = await elapsedMs(async () => {
        const { ok, commit } = await client.applyRoutes({ operations: routes.map((create) => ({ create })) });
        if (!ok) throw new Error(`the commit failed: ${commit?.failure?.message}`);
      });
      await removeAll();
      const agentOneByOne = await elapsedMs(async () => {
        for (const route of routes) await client.createRoute(route);
      });
      return { agentInOneCommit, agentOneByOne };
    } finally {
      await removeAll();
    }
  });
}

async function withClient<T>(work: (client: RouteClient) => Promise<T>): Promise<T> {
  const agent = await startHostAgent();
  const client = connect({ address: agent.address, insecure: true });
  try {
    return await work(client);
  } finally {
    client.close();
    await agent.close();
  }
}
