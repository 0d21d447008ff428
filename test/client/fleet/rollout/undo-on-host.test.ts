import { expect, it } from 'vitest';
import type { RouteErrorReason } from '../../../../client/errors/route-error.js';
import type { UndoReport } from '../../../../client/fleet/rollout/host-work.js';
import { undoOnHost } from '../../../../client/fleet/rollout/undo-on-host.js';
import type { ApplyOptions } from '../../../../client/model/call-options.js';
import type { Commit } from '../../../../client/model/commit.js';
import type { Plan } from '../../../../client/model/plan.js';
import type { Route } from '../../../../client/model/route.js';
import type { RouteClient } from '../../../../client/route-client.js';
import { fakeRow, routeError } from './fake-host.js';
import { createVirtualClock, letPass } from './virtual-clock.js';

const committed: Commit = {
  id: 'c1',
  state: 'committed',
  owner: 'team-net',
  requireFreshConnection: true,
  revisionBefore: 1n,
  revisionAfter: 2n,
  steps: [{ kind: 'set', before: fakeRow(1), after: fakeRow(5) }],
  probes: [],
};

/** A host with one row, of which each call sees what `rowAt` says. */
interface FakeTable {
  /** By the number of the reading, from 1. */
  rowAt(reading: number): Route;
  /** By the number of the plan, from 1. */
  plannedAt(plan: number): Route;
  /** Why it undoes by itself what is applied, by the number of the apply, from 1. Absent: it lets it stand when it is confirmed. */
  undoneFor?(apply: number): RouteErrorReason | undefined;
}

async function undo({
  rowAt,
  plannedAt,
  undoneFor = () => undefined,
}: FakeTable): Promise<{ report: UndoReport; applied: readonly ApplyOptions[] }> {
  const clock = createVirtualClock();
  const applied: ApplyOptions[] = [];
  const commits = new Map<string, Commit>([['c1', committed]]);
  let readings = 0;
  let plans = 0;
  const client: Partial<RouteClient> = {
    getCommit: async (id) => {
      const commit = commits.get(id as string);
      if (commit === undefined) throw routeError('NOT_FOUND', 'COMMIT_NOT_FOUND');
      return commit;
    },
    listRoutes: () =>
      (async function* () {
        readings += 1;
        yield rowAt(readings);
      })() as never,
    planRoutes: async () => {
      plans += 1;
      return { planToken: `plan ${plans}`, steps: [{ kind: 'set', before: plannedAt(plans), after: fakeRow(1) }] } as unknown as Plan;
    },
    applyRoutes: async (_change, options = {}) => {
      applied.push(options);
      const reason = undoneFor(applied.length);
      const end = reason && ({ state: 'rolledBack', failure: routeError('ABORTED', reason) } as const);
      const commit: Commit = { ...committed, id: options.commitId ?? '', state: 'pendingConfirmation', ...end };
      commits.set(commit.id, commit);
      return { ok: true, results: [], probes: [], commit };
    },
    confirmCommit: async (id) => {
      const commit: Commit = { ...committed, id, state: 'committed' };
      commits.set(id, commit);
      return commit;
    },
    close: () => {},
  };
  const access = { connector: async () => client as RouteClient, clock, pauseMs: 1_000, settleMs: 30_000 };
  const target = { host: { name: 'h1', address: 'h1', groups: [], labels: {} }, options: { confirmWithinMs: 60_000 }, commitId: 'c1' };
  const context = { signal: new AbortController().signal, resumed: false };
  return { report: await letPass(clock, undoOnHost(target, 1, access, context)), applied };
}

it('requires the plan that was made of the very rows that it judged', async () => {
  const { report, applied } = await undo({ rowAt: (reading) => fakeRow(reading === 1 ? 5 : 1), plannedAt: () => fakeRow(5) });
  expect(report).toEqual({ outcome: 'undone', note: { mayStand: false } });
  expect(applied).toMatchObject([
    {
      planToken: 'plan 1',
      owner: 'team-net',
      confirmWithinMs: 60_000,
      requireFreshConnection: true,
      commitId: expect.stringMatching(/^c1\.u1\./),
    },
  ]);
});

it('does not apply where a row changed between reading and planning, and leaves that row', async () => {
  const { report, applied } = await undo({ rowAt: (reading) => fakeRow(reading === 1 ? 5 : 77), plannedAt: () => fakeRow(77) });
  expect(applied).toEqual([]);
  expect(report).toMatchObject({ outcome: 'undone', note: { reason: 'FOREIGN_CHANGE', message: expect.stringContaining('10.9.0.0/16') } });
});

it('fails where what it restored does not stay', async () => {
  const { report, applied } = await undo({ rowAt: () => fakeRow(5), plannedAt: () => fakeRow(5) });
  expect(applied).toHaveLength(1);
  expect(report).toMatchObject({ outcome: 'undoFailed', note: { reason: 'FOREIGN_CHANGE', mayStand: true } });
});

it.each(['CANCELLED', 'NOT_CONFIRMED', 'AGENT_RESTARTED'] as const)(
  'tries again, by another commit, where the host took it back for %s',
  async (reason) => {
    const { report, applied } = await undo({
      rowAt: (reading) => fakeRow(reading < 3 ? 5 : 1),
      plannedAt: () => fakeRow(5),
      undoneFor: (apply) => (apply === 1 ? reason : undefined),
    });
    expect(report).toEqual({ outcome: 'undone', note: { mayStand: false } });
    const [first, second] = applied.map(({ commitId }) => commitId);
    expect([second, applied.length]).toEqual([`${first}.2`, 2]);
  },
);

it('does not try again where the host could not write it', async () => {
  const { report, applied } = await undo({ rowAt: () => fakeRow(5), plannedAt: () => fakeRow(5), undoneFor: () => 'ACCESS_DENIED' });
  expect([report.outcome, report.note.reason, applied.length]).toEqual(['undoFailed', 'ACCESS_DENIED', 1]);
});
