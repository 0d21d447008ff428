import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { type ChangeHeader, Commit, CommitState, CommitStep, PlanSummary } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { ApplyRoutesResponse, RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { agentStatus, wireStatus } from '../support/fake-service.js';
import { wireRoute } from '../support/wire-route.js';
import { desiredFile } from './desired-file.js';
import { startFakeHosts } from './fake-hosts.js';
import { run } from './run.js';

type Event = ApplyRoutesResponse['event'];

interface Seen {
  headers: ChangeHeader[];
  confirmed: string[];
}

function nothingSeen(): Seen {
  return { headers: [], confirmed: [] };
}

function applying(events: readonly Event[] | (() => object), seen: Seen = nothingSeen()): Partial<RouteServiceServer> {
  return {
    applyRoutes: (call) => {
      call.on('data', ({ part }) => {
        if (part?.$case === 'header') seen.headers.push(part.value);
      });
      call.on('end', () => {
        if (typeof events === 'function') {
          call.emit('error', events());
          return;
        }
        for (const event of events) call.write({ event });
        call.end();
      });
    },
    confirmCommit: (call, callback) => {
      seen.confirmed.push(call.request.commitId);
      callback(null, { commit: Commit.fromPartial({ id: call.request.commitId, state: CommitState.COMMITTED }) });
    },
  };
}

const ok = wireStatus(status.OK, '', {});
const created = wireRoute({ destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.1', interfaceAlias: 'Ethernet', metric: 5 });
const planned: Event = { $case: 'planned', value: PlanSummary.fromPartial({ planToken: 't', creates: 1, unchanged: 2 }) };
const results: Event = { $case: 'results', value: { firstIndex: 0, statuses: [ok] } };

function commitEvent(commit: Partial<Commit>): Event {
  const steps = [CommitStep.fromPartial({ kind: 1, after: created })];
  return { $case: 'commit', value: Commit.fromPartial({ id: 'c1', steps, ...commit }) };
}

const done = [planned, results, commitEvent({ state: CommitState.COMMITTED })];
const pending = [planned, results, commitEvent({ state: CommitState.PENDING_CONFIRMATION, confirmRemaining: { seconds: 119n, nanos: 0 } })];
const failure = wireStatus(status.PERMISSION_DENIED, 'Windows refused', {
  reason: 'ACCESS_DENIED',
  metadata: { remedy: 'run it elevated' },
});
const undone = [
  planned,
  { $case: 'results', value: { firstIndex: 0, statuses: [failure] } },
  commitEvent({
    state: CommitState.ROLLED_BACK,
    status: failure,
    steps: [CommitStep.fromPartial({ kind: 1, status: failure, operationIndex: 0 })],
  }),
] satisfies Event[];

describe('apply', () => {
  it('shows what was done', async () => {
    const seen = nothingSeen();
    const hosts = await startFakeHosts(applying(done, seen));
    expect(await hosts.run(['apply', '-f', desiredFile(), '--comment', 'why not', '--request-id', 'r1'])).toEqual({
      code: 0,
      stdout: `${hosts.addresses[0]}: 1 created, 2 unchanged; commit c1 committed\n  + 10.9.0.0/16  via 10.20.0.1  on Ethernet  metric 5\n`,
      stderr: '',
    });
    expect(seen.headers).toMatchObject([
      {
        replaceOwned: true,
        options: { owner: 'team-net', comment: 'why not', requestId: 'r1', confirmWithin: undefined, requireFreshConnection: false },
      },
    ]);
  });

  it('says so when there was nothing to do', async () => {
    const hosts = await startFakeHosts(applying([{ $case: 'planned', value: PlanSummary.fromPartial({ unchanged: 3 }) }, results]));
    expect(await hosts.run(['apply', '-f', desiredFile()])).toMatchObject({
      code: 0,
      stdout: `${hosts.addresses[0]}: nothing to do, 3 unchanged\n`,
    });
  });

  it('sends risks and probes, and prints the very command that confirms and the time left', async () => {
    const seen = nothingSeen();
    const hosts = await startFakeHosts(applying(pending, seen));
    const args = ['--confirm-within', '2m', '--accept-risk', 'default-route', '--probe', 'gateway', '--probe', 'tcp:10.0.0.53:53'];
    const { code, stdout } = await hosts.run(['apply', '-f', desiredFile(), ...args]);
    expect(seen.headers[0]?.options).toMatchObject({
      confirmWithin: { seconds: 120n },
      requireFreshConnection: true,
      acceptedRisks: [2],
      probes: [{ probe: { $case: 'defaultGatewayReachable', value: 4 } }, { probe: { $case: 'tcpConnect', value: '10.0.0.53:53' } }],
    });
    expect(stdout).toContain('; commit c1 pending\n');
    expect(stdout).toContain('\n  to be confirmed within 1m 59s, or the host undoes it:\n');
    expect(seen.confirmed).toEqual([]);
    expect(code).toBe(0);

    const command = stdout.trimEnd().split('\n').at(-1)?.trim().split(' ') ?? [];
    expect(command.slice(0, 4)).toEqual(['routefleet', 'commit', 'confirm', 'c1']);
    // With the same ways to reach the host, so that it does what it says.
    const { code: confirmed } = await run(command.slice(1));
    expect([confirmed, seen.confirmed]).toEqual([0, ['c1']]);
  });

  it('confirms by itself with --confirm, and shows the commit that stands', async () => {
    const seen = nothingSeen();
    const hosts = await startFakeHosts(applying(pending, seen));
    const { code, stdout } = await hosts.run(['apply', '-f', desiredFile(), '--confirm-within', '2m', '--confirm']);
    expect(stdout).toContain('1 created, 2 unchanged; commit c1 committed\n  + 10.9.0.0/16');
    expect(stdout).not.toContain('to be confirmed');
    expect(seen.confirmed).toEqual(['c1']);
    expect(code).toBe(0);
  });

  it('exits 4 when the change was undone, and says what failed', async () => {
    const hosts = await startFakeHosts(applying(undone));
    const { code, stdout, stderr } = await hosts.run(['apply', '-f', desiredFile()]);
    expect(stdout).toBe(
      `${hosts.addresses[0]}: commit c1 undone\n  ! operation 0: Windows refused (ACCESS_DENIED). Remedy: run it elevated\n`,
    );
    expect(stderr).toBe('error: undone after ACCESS_DENIED: Windows refused (ROLLED_BACK). Remedy: run it elevated.\n');
    expect(code).toBe(4);
  });

  it('exits 4 when it could not be confirmed in time: the host undoes it by itself', async () => {
    const short = commitEvent({ state: CommitState.PENDING_CONFIRMATION, confirmRemaining: { seconds: 0n, nanos: 300_000_000 } });
    const deaf = { ...applying([planned, results, short]), confirmCommit: () => undefined };
    const hosts = await startFakeHosts(deaf);
    const { code, stderr } = await hosts.run(['apply', '-f', desiredFile(), '--confirm-within', '300ms', '--confirm']);
    expect(stderr).toMatch(/commit c1 could not be confirmed in time: .*\(NOT_CONFIRMED\)\. Remedy: the host undoes it by itself/);
    expect(code).toBe(4);
  });

  it('exits 1 when undoing failed, and says where to look', async () => {
    const stuck = commitEvent({ state: CommitState.ROLLBACK_FAILED, status: failure });
    const hosts = await startFakeHosts(applying([planned, results, stuck]));
    const { code, stderr } = await hosts.run(['apply', '-f', desiredFile()]);
    expect(stderr).toMatch(
      /not undone yet after ACCESS_DENIED: Windows refused \(ROLLBACK_FAILED\)\. Remedy: see "routefleet commit show c1"/,
    );
    expect(code).toBe(1);
  });

  it('exits 5 for a stale plan', async () => {
    const seen = nothingSeen();
    const stale = () => agentStatus(status.ABORTED, 'the table has changed', { reason: 'STALE_PLAN', metadata: { remedy: 'plan again' } });
    const hosts = await startFakeHosts(applying(stale, seen));
    const { code, stderr } = await hosts.run(['apply', '-f', desiredFile(), '--require-plan', 'tok-1']);
    expect(stderr).toBe('error: the table has changed (STALE_PLAN). Remedy: plan again.\n');
    expect(code).toBe(5);
    expect(seen.headers[0]?.planToken).toBe('tok-1');
  });

  it('exits 3 when one host did a part of it', async () => {
    const mixed: Event = { $case: 'results', value: { firstIndex: 0, statuses: [ok, failure] } };
    const hosts = await startFakeHosts(applying([planned, mixed, commitEvent({ state: CommitState.COMMITTED })]));
    const { code, stdout, stderr } = await hosts.run(['apply', '-f', desiredFile(), '--continue-on-error']);
    expect(stdout).toContain('1 created, 2 unchanged; commit c1 committed\n');
    expect(stderr).toBe('error: 1 of 2 operations failed; the first: Windows refused (ACCESS_DENIED). Remedy: run it elevated.\n');
    expect(code).toBe(3);
  });

  it('stops at the first host that fails, and names those that were not begun', async () => {
    const seen = [nothingSeen(), nothingSeen(), nothingSeen()];
    const hosts = await startFakeHosts(applying(done, seen[0]), applying(undone, seen[1]), applying(done, seen[2]));
    const { code, stdout, stderr } = await hosts.run(['apply', '-f', desiredFile()]);
    expect(stdout).toMatch(new RegExp(`^${hosts.addresses[0]}: 1 created[^]*${hosts.addresses[1]}: commit c1 undone\n`));
    expect(stderr).toMatch(new RegExp(`^${hosts.addresses[1]}: undone after .*\nnot touched: ${hosts.addresses[2]}\n$`));
    expect(seen.map(({ headers }) => headers.length)).toEqual([1, 1, 0]);
    expect(code).toBe(3);
  });

  it('exits 69 for a host that is down, 130 after Ctrl-C', async () => {
    expect((await run(['apply', '-f', desiredFile(), '--address', '127.0.0.1:1', '--insecure'])).code).toBe(69);
    const abort = new AbortController();
    const waiting: Partial<RouteServiceServer> = {
      applyRoutes: (call) => void call.once('data', () => abort.abort(new Error('interrupted'))),
    };
    const slow = await startFakeHosts(waiting, applying(done));
    const { code, stderr } = await slow.run(['apply', '-f', desiredFile()], { signal: abort.signal });
    expect(stderr).toMatch(
      new RegExp(`cancelled by the caller \\(CANCELLED\\)\\. Remedy: look at the table.*\nnot touched: ${slow.addresses[1]}\n$`),
    );
    expect(code).toBe(130);
  });

  it('draws progress over itself on a terminal, and nothing elsewhere', async () => {
    const progress: Event = { $case: 'progress', value: { done: 20, total: 40 } };
    const hosts = await startFakeHosts(applying([planned, progress, results]));
    const { stderr } = await hosts.run(['apply', '-f', desiredFile()], { interactive: true });
    expect(stderr).toBe(`\r${hosts.addresses[0]}: 20 of 40\u001b[K\r\u001b[K`);
    expect((await hosts.run(['apply', '-f', desiredFile()])).stderr).toBe('');
  });

  it('has all of it as JSON, also of a host that failed', async () => {
    const hosts = await startFakeHosts(applying(undone));
    const { stdout } = await hosts.run(['apply', '-f', desiredFile(), '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        host: hosts.addresses[0],
        ok: false,
        planned: { planToken: 't' },
        results: [{ ok: false, failure: { reason: 'ACCESS_DENIED' } }],
        commit: { id: 'c1', state: 'rolledBack' },
      },
    ]);
  });

  it.each([
    ['--confirm without a time', ['--confirm'], /--confirm needs --confirm-within\. Remedy: add/],
    ['a time that is none', ['--confirm-within', '0s'], /"0s" for --confirm-within is not a time above 0/],
    [
      'an unknown risk',
      ['--accept-risk', 'all'],
      /"all" for --accept-risk is unknown\. Remedy: give one of management-path, default-route, other-owner/,
    ],
    [
      'an unknown probe',
      ['--probe', 'ping:10.0.0.1'],
      /"ping:10\.0\.0\.1" for --probe is not a probe\. Remedy: write one of "tcp:host:port"/,
    ],
    ['a probe of no address', ['--probe', 'best-route:web1=10.0.0.1'], /"web1" is not an IP address/],
    [
      'one plan for two hosts',
      ['--require-plan', 't', '--address', '127.0.0.1:1'],
      /--require-plan is for a single host.*Remedy: choose one host/,
    ],
  ])('refuses %s, and asks no host', async (_what, args, message) => {
    const seen = nothingSeen();
    const hosts = await startFakeHosts(applying(done, seen));
    const { code, stdout, stderr } = await hosts.run(['apply', '-f', desiredFile(), ...args]);
    expect(stderr).toMatch(message);
    expect([code, stdout, seen.headers.length]).toEqual([64, '', 0]);
  });
});
