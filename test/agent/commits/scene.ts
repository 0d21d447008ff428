import fc from 'fast-check';
import type { Applied } from '../../../agent/commits/engine-options.js';
import { RouteTableError } from '../../../agent/routes/errors.js';
import { type AskedChange, addForeign, changeOf, type ForeignRow, foreignRows, slots } from './arbitraries.js';
import { type Agent, type Host, makeHost, put } from './fixture.js';

/** A host before a change. */
export interface Scene {
  readonly host: Host;
  readonly agent: Agent;
  readonly owners: ReadonlyMap<string, string>;
}

interface SceneSeed {
  readonly foreign: ForeignRow[];
  readonly owned: string[];
  readonly ipv4Writes: 'classic' | 'netio';
}

/** Hosts to begin with. */
export const scenes: { [Member in keyof SceneSeed]: fc.Arbitrary<SceneSeed[Member]> } = {
  foreign: foreignRows,
  owned: fc.subarray([...slots], { maxLength: 5 }),
  ipv4Writes: fc.constantFrom('classic' as const, 'netio' as const),
};

/** A host with rows of other programs, some of which "netops" then adopts. */
export async function makeScene({ foreign, owned, ipv4Writes }: SceneSeed): Promise<Scene> {
  const host = makeHost({ ipv4Writes });
  // SetIpForwardEntry does not find a row of another protocol, and the table does not ask SetIpForwardEntry2 then.
  addForeign(host, ipv4Writes === 'classic' ? foreign.map((each) => ({ ...each, protocol: 3 })) : foreign);
  const agent = await host.start();
  await agent.apply({ operations: owned.map((slot) => put(slot)), owner: 'netops' });
  return { host, agent, owners: new Map(owned.map((slot) => [slot, 'netops'])) };
}

/** Undefined: refused. */
export async function applied({ agent }: Scene, change: AskedChange, commitId = ''): Promise<Applied | undefined> {
  try {
    return await agent.apply(changeOf(change), { commitId, confirmWithinMs: commitId === '' ? undefined : 10_000 });
  } catch (error) {
    if (error instanceof RouteTableError) return undefined;
    throw error;
  }
}
