import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { Change, PlanSummary } from '../../client/index.js';
import {
  type ChangeChunk,
  type ChangeHeader,
  Commit,
  CommitState,
  CommitSteps,
  PlanStep,
  StepKind,
  PlanSummary as WireSummary,
} from '../../proto/gen/routefleet/v1/commit.pb.js';
import {
  ApplyRoutesResponse,
  type PlanRoutesRequest,
  PlanRoutesResponse,
  type RouteServiceServer,
} from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { caught } from './support/caught.js';
import { agentStatus, wireStatus } from './support/fake-service.js';
import { serve } from './support/serve.js';
import { wireRoute } from './support/wire-route.js';

const change: Change = { operations: [{ put: { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.1' } }] };

/** What an agent was sent. */
interface Sent {
  header?: ChangeHeader;
  readonly chunks: ChangeChunk[];
}

function take(sent: Sent, { part }: PlanRoutesRequest): void {
  if (part?.$case === 'header') sent.header = part.value;
  if (part?.$case === 'chunk') sent.chunks.push(part.value);
}

/** Reads everything and then answers. */
function planning(sent: Sent, ...answers: readonly PlanRoutesResponse[]): Pick<RouteServiceServer, 'planRoutes'> {
  return {
    planRoutes: (call) => {
      call.on('data', (request) => take(sent, request));
      call.on('end', () => {
        for (const answer of answers) call.write(answer);
        call.end();
      });
    },
  };
}

function applying(...events: readonly ApplyRoutesResponse['event'][]): Pick<RouteServiceServer, 'applyRoutes'> {
  return {
    applyRoutes: (call) => {
      call.on('data', () => undefined);
      call.on('end', () => {
        for (const event of events) call.write({ event });
        call.end();
      });
    },
  };
}

const summary = WireSummary.fromPartial({ planToken: 't1', revision: 7n, creates: 1 });

describe('planRoutes', () => {
  it('sends header and rows, and puts the answer together', async () => {
    const sent: Sent = { chunks: [] };
    const step = PlanStep.fromPartial({ kind: 1, after: wireRoute(), operationIndex: 0 });
    const bad = PlanStep.fromPartial({
      kind: 2,
      operationIndex: 1,
      status: wireStatus(status.NOT_FOUND, 'none', { reason: 'ROUTE_NOT_FOUND' }),
    });
    const client = await serve(
      planning(
        sent,
        PlanRoutesResponse.fromPartial({
          summary: {
            ...summary,
            bestRoutes: [{ destination: '192.0.2.1', management: true, before: wireRoute() }],
            warnings: [{ reason: 'RISK_NOT_ACCEPTED', message: 'the way back changes', remedy: 'accept it', risk: 1 }],
          },
          steps: [step],
        }),
        PlanRoutesResponse.fromPartial({ steps: [bad] }),
      ),
    );
    const plan = await client.planRoutes(
      {
        operations: [
          { create: { destinationPrefix: '10.9.0.0/16', persistent: true } },
          { set: { destinationPrefix: '10.10.0.0/16' } },
          { delete: { destinationPrefix: '10.11.0.0/16', nextHop: '10.20.0.1' } },
        ],
      },
      {
        owner: 'team-a',
        atomicity: 'continueOnError',
        destinations: ['2001:DB8::0001'],
        driftPolicy: 'report',
        confirmWithinMs: 1_500,
        acceptedRisks: ['other-owner'],
        probes: [{ bestRoute: { destination: '8.8.8.8', nextHop: '0.0.0.0' }, timeoutMs: 250 }, { managementPeer: true }],
      },
    );

    expect(sent.header).toMatchObject({
      atomicity: 2,
      replaceOwned: false,
      destinations: ['2001:db8::1'],
      driftPolicy: 2,
      options: {
        owner: 'team-a',
        confirmWithin: { seconds: 1n, nanos: 500_000_000 },
        acceptedRisks: [3],
        probes: [
          {
            probe: { $case: 'bestRoute', value: { destination: '8.8.8.8', nextHop: '0.0.0.0' } },
            timeout: { seconds: 0n, nanos: 250_000_000 },
          },
          { probe: { $case: 'managementPeer', value: true }, timeout: undefined },
        ],
      },
    });
    expect(sent.chunks[0]?.operations.map(({ operation }) => operation?.$case)).toEqual(['create', 'set', 'delete']);
    expect(sent.chunks[0]?.operations[0]?.operation?.value).toMatchObject({ persistent: true });

    expect(plan).toMatchObject({ planToken: 't1', revision: 7n, creates: 1, sets: 0 });
    expect(plan.bestRoutes).toMatchObject([{ destination: '192.0.2.1', management: true, before: { onLink: false }, after: undefined }]);
    expect(plan.warnings).toEqual([
      { reason: 'RISK_NOT_ACCEPTED', message: 'the way back changes', remedy: 'accept it', risk: 'management-path' },
    ]);
    expect(plan.steps).toMatchObject([
      { kind: 'create', before: undefined, after: { destinationPrefix: '10.0.0.0/8' }, operationIndex: 0, failure: undefined },
      { kind: 'set', operationIndex: 1, failure: { code: 'NOT_FOUND', reason: 'ROUTE_NOT_FOUND', message: 'none' } },
    ]);
  });

  it('sends a big desired set in chunks below the message size of an agent', async () => {
    const sent: Sent = { chunks: [] };
    // The service takes 4 MiB, like an agent.
    const client = await serve(planning(sent, PlanRoutesResponse.fromPartial({ summary })));
    // Windows' longest alias, in characters of three bytes.
    const alias = '\u8def'.repeat(256);
    const desiredRoutes = Array.from({ length: 10_001 }, (_, index) => ({
      destinationPrefix: `2001:db8:${index.toString(16)}::/48`,
      interface: { alias },
    }));
    expect(await client.planRoutes({ desiredRoutes }, { owner: 'team-a' })).toMatchObject({ planToken: 't1', steps: [] });
    expect(sent.header).toMatchObject({ replaceOwned: true, options: { owner: 'team-a' } });
    expect(sent.chunks.map((chunk) => chunk.desiredRoutes.length)).toEqual([...Array(10).fill(1_000), 1]);
    expect(sent.chunks.flatMap((chunk) => chunk.desiredRoutes).at(-1)?.destinationPrefix).toBe('2001:db8:2710::/48');
  });

  it('stops sending to an agent that has refused', async () => {
    const refusal = agentStatus(status.RESOURCE_EXHAUSTED, 'too many', {
      reason: 'TOO_MANY_OPERATIONS',
      metadata: { operation_index: '3' },
    });
    const client = await serve({ planRoutes: (call) => void call.once('data', () => call.emit('error', refusal)) });
    const operations = Array.from({ length: 100_000 }, (_, index) => ({
      put: { destinationPrefix: `2001:db8:${(index >> 8).toString(16)}:${(index & 255).toString(16)}::/64` },
    }));
    expect(await caught(client.planRoutes({ operations }))).toMatchObject({
      reason: 'TOO_MANY_OPERATIONS',
      method: 'PlanRoutes',
      metadata: { operation_index: '3' },
    });
  });

  it('is repeated while the agent is not reached, since it writes nothing', async () => {
    let calls = 0;
    const sent: Sent = { chunks: [] };
    const client = await serve({
      planRoutes: (call) => {
        calls += 1;
        if (calls < 3) call.emit('error', { code: status.UNAVAILABLE, details: 'try again' });
        else planning(sent, PlanRoutesResponse.fromPartial({ summary })).planRoutes(call);
      },
    });
    expect(await client.planRoutes(change)).toMatchObject({ planToken: 't1' });
    expect(calls).toBe(3);
  });

  it.each([
    [
      'HOST_BITS_SET',
      { operations: [change.operations[0], { put: { destinationPrefix: '10.9.1.0/16' } }] },
      {},
      'operation 1: "10.9.1.0/16"',
    ],
    ['INVALID_METRIC', { desiredRoutes: [{ destinationPrefix: '::/0', metric: -1 }] }, { owner: 'a' }, 'desired route 0: metric -1'],
    ['OWNER_REQUIRED', { desiredRoutes: [] }, {}, 'set of an owner'],
    ['INVALID_DURATION', change, { confirmWithinMs: 0 }, 'the time to confirm 0'],
    ['INVALID_ENUM', change, { acceptedRisks: ['all'] }, '"all" is no risk'],
    ['INVALID_ARGUMENT', change, { probes: [{ timeoutMs: 1 }] }, 'exactly one thing'],
    ['INVALID_ADDRESS', change, { destinations: ['web1'] }, '"web1"'],
  ] as const)('refuses %s before anything is sent', async (reason, wrong, options, message) => {
    const sent: Sent = { chunks: [] };
    const client = await serve(planning(sent, PlanRoutesResponse.fromPartial({ summary })));
    const error = await caught(client.planRoutes(wrong as Change, options as object));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason, method: 'PlanRoutes', remedy: expect.stringMatching(/\w/) });
    expect(error.message).toContain(message);
    expect(sent.header).toBeUndefined();
  });

  it('needs a summary', async () => {
    const client = await serve(planning({ chunks: [] }));
    expect(await caught(client.planRoutes(change))).toMatchObject({ reason: 'MALFORMED_ANSWER', message: 'the answer lacks "summary"' });
  });
});

describe('applyRoutes', () => {
  const ok = wireStatus(status.OK, '', {});
  const planned = { $case: 'planned', value: summary } as const;

  it('tells of plan and progress while it runs, and ends with results and commit', async () => {
    const client = await serve(
      applying(
        planned,
        { $case: 'progress', value: { done: 1, total: 3 } },
        { $case: 'progress', value: { done: 3, total: 3 } },
        { $case: 'results', value: { firstIndex: 0, statuses: [ok, ok] } },
        { $case: 'results', value: { firstIndex: 2, statuses: [ok] } },
        {
          $case: 'commit',
          value: Commit.fromPartial({
            id: 'c1',
            state: CommitState.PENDING_CONFIRMATION,
            confirmRemaining: { seconds: 119n, nanos: 500_000_000 },
            requireFreshConnection: true,
            createTime: new Date(5),
            steps: [{ kind: 1, after: wireRoute(), function: 'CreateIpForwardEntry', operationIndex: 0 }],
            probes: [{ probe: 'TCP connection', passedBefore: true }],
          }),
        },
      ),
    );
    const seen: unknown[] = [];
    const result = await client.applyRoutes(change, {
      onPlanned: ({ planToken }: PlanSummary) => seen.push(planToken),
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toEqual(['t1', { done: 1, total: 3 }, { done: 3, total: 3 }]);
    expect(result).toMatchObject({ ok: true, planned: { planToken: 't1' }, results: [{ ok: true }, { ok: true }, { ok: true }] });
    expect(result.commit).toMatchObject({
      id: 'c1',
      state: 'pendingConfirmation',
      confirmRemainingMs: 119_500,
      requireFreshConnection: true,
      createTime: new Date(5),
      requestId: undefined,
      failure: undefined,
      steps: [{ kind: 'create', function: 'CreateIpForwardEntry', failure: undefined }],
      probes: [{ probe: 'TCP connection', passedBefore: true, passedAfter: undefined, message: undefined }],
    });
  });

  it('is not ok when it was undone, and says why, per operation', async () => {
    const failed = wireStatus(status.PERMISSION_DENIED, 'refused by Windows', {
      reason: 'ACCESS_DENIED',
      metadata: { win32_code: '5', win32_name: 'ERROR_ACCESS_DENIED', remedy: 'run it elevated' },
    });
    const undone = wireStatus(status.ABORTED, 'undone', { reason: 'ROLLED_BACK' });
    const client = await serve(
      applying(
        planned,
        { $case: 'results', value: { firstIndex: 0, statuses: [undone, failed] } },
        { $case: 'commit', value: Commit.fromPartial({ id: 'c1', state: CommitState.ROLLED_BACK, status: failed }) },
      ),
    );
    const { ok: done, results, commit } = await client.applyRoutes(change);
    expect(done).toBe(false);
    expect(results).toMatchObject([
      { ok: false, failure: { code: 'ABORTED', reason: 'ROLLED_BACK' } },
      { ok: false, failure: { reason: 'ACCESS_DENIED', remedy: 'run it elevated', win32: { code: 5, name: 'ERROR_ACCESS_DENIED' } } },
    ]);
    expect(commit).toMatchObject({ state: 'rolledBack', failure: { reason: 'ACCESS_DENIED' } });
  });

  it('is not ok when it was undone without an operation of the caller, as when an owner gives up all rows', async () => {
    const failed = wireStatus(status.PERMISSION_DENIED, 'refused by Windows', { reason: 'ACCESS_DENIED' });
    const commit = Commit.fromPartial({ id: 'c1', state: CommitState.ROLLED_BACK, status: failed });
    const client = await serve(applying(planned, { $case: 'commit', value: commit }));
    expect(await client.applyRoutes({ desiredRoutes: [] }, { owner: 'team-a' })).toMatchObject({ ok: false, results: [] });
  });

  const stepsFrom = (firstIndex: number, ...indexes: readonly number[]): ApplyRoutesResponse['event'] => ({
    $case: 'steps',
    value: CommitSteps.fromPartial({ firstIndex, steps: indexes.map((operationIndex) => ({ kind: StepKind.CREATE, operationIndex })) }),
  });
  const begun = (stepCount: number): ApplyRoutesResponse['event'] => ({
    $case: 'commit',
    value: Commit.fromPartial({ id: 'c1', state: CommitState.COMMITTED, stepCount, steps: [{ kind: StepKind.CREATE, operationIndex: 0 }] }),
  });

  it('joins the steps that came apart from their commit', async () => {
    const client = await serve(applying(planned, stepsFrom(1, 1, 2), stepsFrom(3, 3), begun(4)));
    const { commit } = await client.applyRoutes(change);
    expect(commit?.steps.map(({ operationIndex }) => operationIndex)).toEqual([0, 1, 2, 3]);
  });

  it.each([
    ['a gap between them', [stepsFrom(1, 1), stepsFrom(3, 3), begun(4)], 'steps from 3 on came after 2 steps'],
    ['fewer than there are', [stepsFrom(1, 1), begun(4)], '2 of 4 steps came'],
  ])('takes an answer with %s for malformed', async (_what, events, message) => {
    const client = await serve(applying(planned, ...events));
    expect(await caught(client.applyRoutes(change))).toMatchObject({
      reason: 'MALFORMED_ANSWER',
      message: expect.stringContaining(message),
    });
  });

  it('has no commit when nothing was written', async () => {
    const client = await serve(applying(planned, { $case: 'results', value: { firstIndex: 0, statuses: [ok] } }));
    expect(await client.applyRoutes(change)).toMatchObject({ ok: true, commit: undefined });
  });

  it('is not ok when one operation failed and the others stand', async () => {
    const bad = wireStatus(status.NOT_FOUND, 'none', { reason: 'ROUTE_NOT_FOUND' });
    const commit = { $case: 'commit', value: Commit.fromPartial({ id: 'c1', state: CommitState.COMMITTED }) } as const;
    const client = await serve(applying(planned, { $case: 'results', value: { firstIndex: 0, statuses: [ok, bad] } }, commit));
    expect(await client.applyRoutes(change, { atomicity: 'continueOnError' })).toMatchObject({
      ok: false,
      results: [{ ok: true }, { ok: false }],
      commit: { state: 'committed' },
    });
  });

  it('hands on a refusal with its metadata, and is never repeated', async () => {
    let calls = 0;
    const refusal = agentStatus(status.FAILED_PRECONDITION, 'a commit is pending', {
      reason: 'COMMIT_PENDING',
      metadata: { commit_id: 'c7', remaining_seconds: '30' },
    });
    const client = await serve({
      applyRoutes: (call) => {
        calls += 1;
        call.emit('error', calls === 1 ? refusal : { code: status.UNAVAILABLE, details: 'gone' });
      },
    });
    expect(await caught(client.applyRoutes(change))).toMatchObject({ reason: 'COMMIT_PENDING', metadata: { commit_id: 'c7' } });
    expect(await caught(client.applyRoutes(change))).toMatchObject({ code: 'UNAVAILABLE', method: 'ApplyRoutes' });
    expect(calls).toBe(2);
  });

  it('refuses results that leave a gap, and ignores events of a newer agent', async () => {
    const gap = await serve(applying(planned, { $case: 'results', value: { firstIndex: 1, statuses: [ok] } }));
    expect(await caught(gap.applyRoutes(change))).toMatchObject({ reason: 'MALFORMED_ANSWER', method: 'ApplyRoutes' });
    const newer = await serve(applying(planned, undefined, { $case: 'results', value: { firstIndex: 0, statuses: [ok] } }));
    expect(await newer.applyRoutes(change)).toMatchObject({ ok: true });
  });

  it('ends with the signal of the caller', async () => {
    const abort = new AbortController();
    let cancelled = false;
    const client = await serve({
      applyRoutes: (call) => {
        call.on('data', () => undefined);
        call.on('cancelled', () => {
          cancelled = true;
        });
        call.write(ApplyRoutesResponse.fromPartial({ event: planned }));
      },
    });
    const running = client.applyRoutes(change, { signal: abort.signal, onPlanned: () => abort.abort(new Error('user left')) });
    expect(await caught(running)).toMatchObject({ code: 'CANCELLED', remedy: expect.stringContaining('look at the table') });
    await expect.poll(() => cancelled).toBe(true);
  });
});
