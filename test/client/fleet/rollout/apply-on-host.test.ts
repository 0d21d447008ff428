import { expect, it } from 'vitest';
import { applyOnHost } from '../../../../client/fleet/rollout/apply-on-host.js';
import type { ApplyContext, ApplyReport } from '../../../../client/fleet/rollout/host-work.js';
import type { ApplyOptions } from '../../../../client/model/call-options.js';
import type { Commit } from '../../../../client/model/commit.js';
import type { RouteClient } from '../../../../client/route-client.js';
import { routeError } from './fake-host.js';
import { createVirtualClock, letPass } from './virtual-clock.js';

const pending: Commit = {
  id: 'c1',
  state: 'pendingConfirmation',
  requireFreshConnection: true,
  revisionBefore: 1n,
  revisionAfter: 2n,
  steps: [],
  probes: [],
};

async function apply(client: Partial<RouteClient>, context: Partial<ApplyContext> = {}): Promise<ApplyReport> {
  const clock = createVirtualClock();
  const target = {
    host: { name: 'h1', address: 'h1', groups: [], labels: {} },
    change: { desiredRoutes: [] },
    options: { owner: 'team-net', confirmWithinMs: 60_000, planToken: 'token' },
    commitId: 'c1',
  };
  const access = { connector: async () => ({ close: () => {}, ...client }) as RouteClient, clock, pauseMs: 1_000, settleMs: 30_000 };
  const calm: ApplyContext = { signal: new AbortController().signal, resumed: false, confirming: false, mayConfirm: async () => true };
  return letPass(clock, applyOnHost(target, access, { ...calm, ...context }));
}

function unknown(): Promise<Commit> {
  return Promise.reject(routeError('NOT_FOUND', 'COMMIT_NOT_FOUND'));
}

it('applies with its own request id and commit id, the plan token, a way back and a fresh connection', async () => {
  const seen: ApplyOptions[] = [];
  const report = await apply({
    getCommit: unknown,
    applyRoutes: async (_change, options = {}) => {
      seen.push(options);
      return { ok: true, results: [], probes: [], commit: pending };
    },
    confirmCommit: async (id) => ({ ...pending, id, state: 'committed' }),
  });
  expect(report).toEqual({ outcome: 'confirmed', note: { mayStand: true } });
  expect(seen).toMatchObject([
    { requestId: 'c1', commitId: 'c1', planToken: 'token', owner: 'team-net', confirmWithinMs: 60_000, requireFreshConnection: true },
  ]);
});

it('does not apply again what may be confirmed already, though the host knows nothing of it', async () => {
  const report = await apply({ getCommit: unknown }, { resumed: true, confirming: true });
  expect(report).toMatchObject({ outcome: 'failed', note: { reason: 'COMMIT_NOT_FOUND', mayStand: true } });
});

it('asks again and again for a confirmation that was announced, also when it is to be cancelled', async () => {
  let asked = 0;
  const report = await apply(
    {
      getCommit: async () => pending,
      confirmCommit: async () => {
        asked += 1;
        if (asked < 3) throw routeError('UNAVAILABLE', 'UNREACHABLE');
        return { ...pending, state: 'committed' };
      },
    },
    { resumed: true, confirming: true, signal: AbortSignal.abort() },
  );
  expect([report.outcome, asked]).toEqual(['confirmed', 3]);
});

it('cancels what is pending once it is to, and says what the host made of that', async () => {
  const cancelled: string[] = [];
  const report = await apply(
    {
      getCommit: async () => pending,
      cancelCommit: async (id) => {
        cancelled.push(id);
        return { ...pending, state: 'rolledBack', failure: routeError('ABORTED', 'COMMIT_CANCELLED') };
      },
    },
    { resumed: true, signal: AbortSignal.abort() },
  );
  expect([cancelled, report]).toMatchObject([['c1'], { outcome: 'rolledBack', note: { reason: 'COMMIT_CANCELLED', mayStand: false } }]);
});

it('is unreachable at once when nothing was sent, and says that nothing stands', async () => {
  const down = () => Promise.reject(routeError('UNAVAILABLE', 'UNREACHABLE'));
  expect(await apply({ getCommit: down })).toMatchObject({ outcome: 'unreachable', note: { mayStand: false } });
});

it('is unreachable after a while when it was to be confirmed, and says that it may stand', async () => {
  const down = () => Promise.reject(routeError('UNAVAILABLE', 'UNREACHABLE'));
  const report = await apply({ getCommit: down }, { resumed: true, confirming: true, signal: AbortSignal.abort() });
  expect(report).toMatchObject({ outcome: 'unreachable', note: { reason: 'UNREACHABLE', mayStand: true } });
});

it('waits while the host is still writing or undoing', async () => {
  const states = ['applying', 'rollingBack', 'rolledBack'] as const;
  let asked = 0;
  const report = await apply(
    { getCommit: async () => ({ ...pending, state: states[asked++] ?? 'rolledBack', failure: routeError('ABORTED', 'NOT_CONFIRMED') }) },
    { resumed: true },
  );
  expect(report).toMatchObject({ outcome: 'rolledBack', note: { reason: 'NOT_CONFIRMED', mayStand: false } });
});

it('says that something may stand where the host could not undo it', async () => {
  const report = await apply({ getCommit: async () => ({ ...pending, state: 'rollbackFailed' }) }, { resumed: true });
  expect(report).toMatchObject({ outcome: 'failed', note: { reason: 'ROLLBACK_FAILED', mayStand: true } });
});

it('has nothing to undo where there was nothing to do', async () => {
  const report = await apply({ getCommit: unknown, applyRoutes: async () => ({ ok: true, results: [], probes: [] }) });
  expect(report).toEqual({ outcome: 'confirmed', note: { mayStand: false } });
});

it('keeps asking a host to which an earlier controller may have sent the change', async () => {
  let asked = 0;
  const report = await apply(
    {
      getCommit: async () => {
        asked += 1;
        if (asked < 4) throw routeError('UNAVAILABLE', 'UNREACHABLE');
        return { ...pending, state: 'committed' };
      },
    },
    { resumed: true },
  );
  expect([report.outcome, asked]).toEqual(['confirmed', 4]);
});
