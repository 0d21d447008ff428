import fc from 'fast-check';
import { expect, it } from 'vitest';
import { operationResults } from '../../../agent/commits/operation-results.js';
import type { RouteTable } from '../../../agent/routes/route-table.js';
import { create, makeHost, patienceMs, remove, tableOf } from './fixture.js';

const count = 5000;
const creates = Array.from({ length: count }, (_, index) =>
  create(`44.${index >> 8}.${index & 255}.0/24 via 10.40.0.1 on Storage`, { metric: index % 7 }),
);

it(
  'undoes 5,000 routes when any of them fails, and tells of each',
  async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: count }), async (failing) => {
      const host = makeHost();
      const agent = await host.start();
      const before = tableOf(host);
      host.control.fail('CreateIpForwardEntry', { call: failing, code: 1450 });
      const { plan, commit } = await agent.apply(creates, { commitId: 'a' });
      expect(commit?.record).toMatchObject({ state: 'rolled-back', failure: { reason: 'WIN32_ERROR' } });
      expect(tableOf(host)).toEqual(before);
      const reasons = operationResults(count, plan?.refused ?? [], commit?.record).map((failure) => failure?.reason);
      const expected = creates.map((_, index) =>
        index < failing - 1 ? 'ROLLED_BACK' : index === failing - 1 ? 'WIN32_ERROR' : 'NOT_ATTEMPTED',
      );
      expect(reasons).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 3, examples: [[1], [count]] });
  },
  patienceMs,
);

it(
  'undoes 5,000 routes after a restart in the middle of them',
  async () => {
    const host = makeHost();
    const agent = await host.start();
    const before = tableOf(host);
    await agent.apply(creates.slice(0, 10));
    const kept = tableOf(host);
    let reached: () => void;
    const halfway = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // The agent ends without a word: it never gets over this call.
    const dead = new Promise<never>(() => {});
    const { table } = host;
    let calls = 0;
    const createUntilDeath: RouteTable['create'] = (route) => {
      calls += 1;
      if (calls < 2500) return table.create(route);
      reached();
      return dead;
    };
    const mortal = await host.start({
      table: { ...table, create: createUntilDeath, batch: () => ({ ...table.batch(), create: createUntilDeath }) },
    });
    void mortal.apply(
      [...creates.slice(10), ...creates.slice(0, 10).map((_, index) => remove(`44.0.${index}.0/24 via 10.40.0.1 on Storage`))],
      { commitId: 'a' },
    );
    await halfway;
    expect(tableOf(host).size).toBe(before.size + 10 + 2499);
    const { engine } = await host.start();
    expect(engine.get({ id: 'a', requestId: '' }).record).toMatchObject({ state: 'rolled-back', failure: { reason: 'AGENT_RESTARTED' } });
    expect(tableOf(host)).toEqual(kept);
  },
  patienceMs,
);

it(
  'lets others have their turn while it writes',
  async () => {
    const agent = await makeHost().start();
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    let meanwhile = 0;
    const onProgress = (done: number): void => {
      if (done === 1) setImmediate(turn);
      meanwhile = turns;
    };
    await agent.apply(creates, {}, { onProgress });
    running = false;
    expect(meanwhile).toBeGreaterThan(5);
  },
  patienceMs,
);
