import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { confirmInTime } from '../../../client/fleet/confirm-in-time.js';
import type { Commit as Model } from '../../../client/index.js';
import { Commit, CommitState } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { caught } from '../support/caught.js';
import { agentStatus, bareStatus } from '../support/fake-service.js';
import { serve } from '../support/serve.js';

const committed = Commit.fromPartial({ id: 'c1', state: CommitState.COMMITTED });
const pace = { attemptMs: 500, pauseMs: 10 };
const unavailable = bareStatus(status.UNAVAILABLE, 'ECONNREFUSED');
const notPending = agentStatus(status.FAILED_PRECONDITION, 'nothing is pending', { reason: 'COMMIT_NOT_PENDING' });

function pending(confirmRemainingMs: number): Model {
  return {
    id: 'c1',
    state: 'pendingConfirmation',
    confirmRemainingMs,
    requireFreshConnection: true,
    revisionBefore: 0n,
    revisionAfter: 0n,
    steps: [],
    probes: [],
  };
}

/** Fails as told, one call after the other, and then succeeds. */
function flaky(...failures: readonly ReturnType<typeof bareStatus>[]): Pick<RouteServiceServer, 'confirmCommit'> & { calls(): number } {
  let calls = 0;
  return {
    calls: () => calls,
    confirmCommit: (_call, callback) => {
      const failure = failures[calls];
      calls += 1;
      if (failure === undefined) callback(null, { commit: committed });
      else callback(failure);
    },
  };
}

describe('confirming in time', () => {
  it('goes on while the host cannot be reached', async () => {
    const service = flaky(unavailable, unavailable);
    expect(await confirmInTime(await serve(service), pending(5_000), pace)).toMatchObject({ state: 'committed' });
    expect(service.calls()).toBe(3);
  });

  it('ends when the time is up: the host undoes the commit by itself', async () => {
    const client = await serve(flaky(...Array(100).fill(unavailable)));
    const error = await caught(confirmInTime(client, pending(200), pace));
    expect(error).toMatchObject({
      code: 'ABORTED',
      reason: 'NOT_CONFIRMED',
      cause: { reason: expect.stringMatching(/^(UNREACHABLE|DEADLINE_EXCEEDED)$/) },
    });
  });

  it('waits for no answer longer than the time that is left', async () => {
    const client = await serve({ confirmCommit: () => undefined });
    const begun = performance.now();
    await caught(confirmInTime(client, pending(200), { attemptMs: 10_000, pauseMs: 10 }));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('notices that an attempt without an answer had arrived', async () => {
    const getCommit: RouteServiceServer['getCommit'] = (_call, callback) => callback(null, { commit: committed });
    expect(await confirmInTime(await serve({ ...flaky(unavailable, notPending), getCommit }), pending(5_000), pace)).toMatchObject({
      state: 'committed',
    });
  });

  it('fails when the host has undone the commit meanwhile', async () => {
    const undone = Commit.fromPartial({ id: 'c1', state: CommitState.ROLLED_BACK });
    const getCommit: RouteServiceServer['getCommit'] = (_call, callback) => callback(null, { commit: undone });
    const client = await serve({ ...flaky(unavailable, notPending), getCommit });
    expect(await caught(confirmInTime(client, pending(5_000), pace))).toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
  });

  it('does not repeat what will not get better', async () => {
    const service = flaky(notPending);
    expect(await caught(confirmInTime(await serve(service), pending(5_000), pace))).toMatchObject({ reason: 'COMMIT_NOT_PENDING' });
    expect(service.calls()).toBe(1);
  });

  it('ends with the signal of the caller', async () => {
    const abort = new AbortController();
    const client = await serve({
      confirmCommit: (_call, callback) => {
        abort.abort(new Error('user left'));
        callback(unavailable);
      },
    });
    const error = await caught(confirmInTime(client, pending(60_000), { ...pace, pauseMs: 60_000, signal: abort.signal }));
    expect(error).toMatchObject({ reason: 'CANCELLED' });
  });
});
