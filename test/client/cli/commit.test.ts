import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { Commit, CommitState, CommitStep, ProbeResult } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { agentStatus, wireStatus } from '../support/fake-service.js';
import { wireRoute } from '../support/wire-route.js';
import { startFakeHosts } from './fake-hosts.js';

const pending: Partial<Commit> = {
  state: CommitState.PENDING_CONFIRMATION,
  confirmRemaining: { seconds: 600n, nanos: 0 },
  owner: 'team-net',
};

/** Answers with the commit that was asked for, and remembers the requests. */
function settling(requests: object[], commit: Partial<Commit>): Partial<RouteServiceServer> {
  const answer = (
    { request }: { readonly request: { readonly commitId: string } },
    callback: (error: null, value: { commit: Commit }) => void,
  ) => {
    requests.push(request);
    callback(null, { commit: Commit.fromPartial({ ...commit, id: request.commitId }) });
  };
  return { confirmCommit: answer, cancelCommit: answer, extendCommit: answer, getCommit: answer };
}

describe('commit', () => {
  it.each([
    ['confirm', [], CommitState.COMMITTED, { commitId: 'c1' }, 'committed'],
    ['cancel', [], CommitState.ROLLED_BACK, { commitId: 'c1', abandon: false }, 'undone'],
    ['cancel', ['--abandon'], CommitState.ROLLED_BACK, { commitId: 'c1', abandon: true }, 'undone'],
    [
      'extend',
      ['--confirm-within', '90s'],
      CommitState.PENDING_CONFIRMATION,
      { commitId: 'c1', confirmWithin: { seconds: 90n, nanos: 0 } },
      'pending',
    ],
  ] as const)('%s %j', async (verb, args, state, request, text) => {
    const requests: object[] = [];
    const hosts = await startFakeHosts(settling(requests, { state }));
    const { code, stdout, stderr } = await hosts.run(['commit', verb, 'c1', ...args]);
    expect(stdout).toMatch(new RegExp(`^ID {2}STATE .*\nc1 {2}${text} `));
    expect([code, stderr]).toEqual([0, '']);
    expect(requests).toEqual([request]);
  });

  it('confirm hands on what the agent says, and stops there', async () => {
    const mismatch = agentStatus(status.INVALID_ARGUMENT, 'commit c2 is pending, not c1', {
      reason: 'COMMIT_ID_MISMATCH',
      metadata: { remedy: 'confirm c2' },
    });
    const requests: object[] = [];
    const refusing: Partial<RouteServiceServer> = { confirmCommit: (_call, callback) => callback(mismatch) };
    const hosts = await startFakeHosts(refusing, settling(requests, { state: CommitState.COMMITTED }));
    const { code, stderr } = await hosts.run(['commit', 'confirm', 'c1']);
    expect(stderr).toBe(
      `${hosts.addresses[0]}: commit c2 is pending, not c1 (COMMIT_ID_MISMATCH). Remedy: confirm c2.\nnot touched: ${hosts.addresses[1]}\n`,
    );
    expect([code, requests]).toEqual([1, []]);
    expect((await hosts.run(['commit', 'confirm', 'c1', '--keep-going'])).code).toBe(3);
  });

  it('show tells all of one commit', async () => {
    const refused = wireStatus(status.PERMISSION_DENIED, 'Windows refused', { reason: 'ACCESS_DENIED' });
    const commit: Partial<Commit> = {
      state: CommitState.ROLLED_BACK,
      owner: 'team-net',
      actor: 'spiffe://example/ops',
      comment: 'new hub',
      createTime: new Date(0),
      status: refused,
      steps: [
        CommitStep.fromPartial({ kind: 1, after: wireRoute({ destinationPrefix: '10.9.0.0/16', interfaceAlias: 'Ethernet', metric: 5 }) }),
        CommitStep.fromPartial({
          kind: 3,
          before: wireRoute({ destinationPrefix: '10.8.0.0/16', interfaceAlias: 'Ethernet' }),
          status: refused,
        }),
      ],
      probes: [
        ProbeResult.fromPartial({ probe: 'gateway', passedBefore: true, passedAfter: true }),
        ProbeResult.fromPartial({ probe: 'TCP connection to 192.0.2.1:443', passedBefore: true, passedAfter: false, message: 'refused' }),
        ProbeResult.fromPartial({ probe: 'peer', passedBefore: false, message: 'no answer' }),
        ProbeResult.fromPartial({ probe: 'other', passedBefore: true }),
      ],
    };
    const hosts = await startFakeHosts(settling([], commit));
    const { stdout } = await hosts.run(['commit', 'show', 'c1']);
    expect(stdout).toBe(`${hosts.addresses[0]}: commit c1 undone: Windows refused (ACCESS_DENIED)
  owner: team-net
  by: spiffe://example/ops
  begun: 1970-01-01T00:00:00.000Z
  comment: new hub
  + 10.9.0.0/16  via 192.0.2.1  on Ethernet  metric 5
  ! 10.8.0.0/16  via 192.0.2.1  on Ethernet  Windows refused (ACCESS_DENIED)
  probe gateway: passed
  probe TCP connection to 192.0.2.1:443: failed after the change: refused
  probe peer: failed before the change already, does not count: no answer
  probe other: passed before the change, not tried after it
`);
    const [json] = JSON.parse((await hosts.run(['commit', 'show', 'c1', '-o', 'json'])).stdout);
    expect(json).toMatchObject({
      id: 'c1',
      state: 'rolledBack',
      failure: { reason: 'ACCESS_DENIED' },
      steps: [{ kind: 'create' }, { kind: 'delete' }],
    });
  });

  it('list shows the newest of each host, page by page, and no more than asked for', async () => {
    const requests: { readonly pageToken: string }[] = [];
    const history: Partial<RouteServiceServer> = {
      listCommits: ({ request }, callback) => {
        requests.push(request);
        const first = Number(request.pageToken || 9);
        const commits = [first, first - 1].map((n) => Commit.fromPartial({ ...pending, id: `c${n}` }));
        callback(null, { commits, nextPageToken: String(first - 2) });
      },
    };
    const hosts = await startFakeHosts(history);
    const { code, stdout } = await hosts.run(['commit', 'list', '--owner', 'team-net', '--last', '3']);
    expect(stdout).toMatch(/^ID {2}STATE +CREATED +LEFT +OWNER +ACTOR +WHY +COMMENT\nc9 {2}pending +- +10m +team-net .*\nc8 .*\nc7 .*\n$/);
    expect(requests).toMatchObject([{ owner: 'team-net', pageSize: 3, pageToken: '' }, { pageToken: '7' }]);
    expect(code).toBe(0);
  });

  it.each([
    ['extend without a time', ['extend', 'c1'], /required option '--confirm-within <duration>' not specified/],
    ['extend by nothing', ['extend', 'c1', '--confirm-within', '2'], /"2" for --confirm-within is not a time above 0/],
    ['no commit', ['confirm'], /missing required argument 'id'/],
    ['the last none', ['list', '--last', '0'], /"0" for --last is not a whole number from 1/],
  ])('refuses %s', async (_what, args, message) => {
    const hosts = await startFakeHosts({});
    const { code, stdout, stderr } = await hosts.run(['commit', ...args]);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([64, '']);
  });
});
