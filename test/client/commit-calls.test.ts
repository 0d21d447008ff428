import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, type Commit as Model } from '../../client/index.js';
import { Commit, CommitState, type CommitStep } from '../../proto/gen/routefleet/v1/commit.pb.js';
import { ListCommitsResponse, type RouteServiceServer } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { caught } from './support/caught.js';
import { agentStatus } from './support/fake-service.js';
import { serve } from './support/serve.js';

const commit = Commit.fromPartial({ id: 'c1', state: CommitState.COMMITTED });

describe('confirmCommit', () => {
  /** Remembers from which connections it is called. */
  function confirming(peers: string[]): Partial<RouteServiceServer> {
    return {
      getAgent: (call, callback) => {
        peers.push(call.getPeer());
        callback({ code: status.UNIMPLEMENTED });
      },
      confirmCommit: (call, callback) => {
        peers.push(call.getPeer());
        callback(null, { commit: { ...commit, id: call.request.commitId } });
      },
    };
  }

  it('comes over a connection of its own, each time, and leaves the first one open', async () => {
    const peers: string[] = [];
    const client = await serve(confirming(peers));
    await caught(client.getAgent());
    expect(await client.confirmCommit('c1')).toMatchObject({ id: 'c1', state: 'committed' });
    await client.confirmCommit('c1');
    await caught(client.getAgent());
    expect(new Set(peers).size).toBe(3);
    expect(peers[0]).toBe(peers.at(-1));
  });

  it('comes over the connection that is there when asked to', async () => {
    const peers: string[] = [];
    const client = await serve(confirming(peers));
    await caught(client.getAgent());
    await client.confirmCommit('c1', { freshConnection: false });
    expect(new Set(peers).size).toBe(1);
  });

  it('hands on what the agent says, and closes the connection behind it', async () => {
    let open = 0;
    const client = await serve({
      confirmCommit: (call, callback) => {
        open += 1;
        call.on('cancelled', () => {
          open -= 1;
        });
        if (call.request.commitId === 'c9') {
          callback(agentStatus(status.INVALID_ARGUMENT, 'c1 is pending', { reason: 'COMMIT_ID_MISMATCH', metadata: { commit_id: 'c1' } }));
        }
      },
    });
    expect(await caught(client.confirmCommit('c9'))).toMatchObject({ reason: 'COMMIT_ID_MISMATCH', method: 'ConfirmCommit' });
    open = 0;
    const waiting = caught(client.confirmCommit('c1'));
    await expect.poll(() => open).toBe(1);
    client.close();
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => open).toBe(0);
  });

  it('fails after close(), and with the connection error of the new connection', async () => {
    const client = connect({ address: '127.0.0.1:1', insecure: true });
    expect(await caught(client.confirmCommit('c1'))).toMatchObject({ reason: 'UNREACHABLE', method: 'ConfirmCommit' });
    client.close();
    expect(await caught(client.confirmCommit('c1'))).toMatchObject({ reason: 'CANCELLED' });
  });
});

describe('the life of a commit', () => {
  it('is cancelled, given up, extended and read', async () => {
    const requests: object[] = [];
    const client = await serve({
      cancelCommit: ({ request }, callback) => {
        requests.push(request);
        callback(null, { commit });
      },
      extendCommit: ({ request }, callback) => {
        requests.push(request);
        callback(null, { commit });
      },
      getCommit: ({ request }, callback) => {
        requests.push(request);
        callback(null, {
          commit: {
            ...commit,
            steps: [{ kind: 3, before: undefined, after: undefined, function: '', status: undefined, registryValues: [] }],
          },
        });
      },
    });
    await client.cancelCommit('c1');
    await client.cancelCommit('c1', { abandon: true });
    await client.extendCommit('c1', { confirmWithinMs: 90_000 });
    await client.getCommit('c1');
    expect(await client.getCommit({ requestId: 'r1' })).toMatchObject({ id: 'c1', steps: [{ kind: 'delete' }] });
    expect(requests).toEqual([
      { commitId: 'c1', abandon: false },
      { commitId: 'c1', abandon: true },
      { commitId: 'c1', confirmWithin: { seconds: 90n, nanos: 0 } },
      { commitId: 'c1', requestId: '', firstStep: 0 },
      { commitId: '', requestId: 'r1', firstStep: 0 },
    ]);
    expect(await caught(client.extendCommit('c1', { confirmWithinMs: -1 }))).toMatchObject({ reason: 'INVALID_DURATION' });
  });

  const numbered = (operationIndex: number): CommitStep => ({
    kind: 1,
    before: undefined,
    after: undefined,
    function: '',
    status: undefined,
    operationIndex,
    registryValues: [],
  });

  it('is fetched with all its steps, by its id from the second answer on', async () => {
    const requests: unknown[] = [];
    const client = await serve({
      getCommit: ({ request }, callback) => {
        requests.push(request);
        const steps = [0, 1, 2, 3, 4].slice(request.firstStep, request.firstStep + 2).map(numbered);
        callback(null, { commit: { ...commit, steps, stepCount: 5 } });
      },
    });
    const { steps } = await client.getCommit({ requestId: 'r1' });
    expect(steps.map(({ operationIndex }) => operationIndex)).toEqual([0, 1, 2, 3, 4]);
    expect(requests).toEqual([
      { commitId: '', requestId: 'r1', firstStep: 0 },
      { commitId: 'c1', requestId: '', firstStep: 2 },
      { commitId: 'c1', requestId: '', firstStep: 4 },
    ]);
  });

  it('is malformed when steps are missing', async () => {
    const client = await serve({
      getCommit: ({ request }, callback) =>
        callback(null, { commit: { ...commit, steps: request.firstStep === 0 ? [numbered(0)] : [], stepCount: 2 } }),
    });
    expect(await caught(client.getCommit('c1'))).toMatchObject({ reason: 'MALFORMED_ANSWER', message: expect.stringContaining('1 of 2') });
  });

  it('an answer without it is malformed', async () => {
    const client = await serve({ getCommit: (_call, callback) => callback(null, { commit: undefined }) });
    expect(await caught(client.getCommit('c1'))).toMatchObject({ reason: 'MALFORMED_ANSWER', method: 'GetCommit' });
  });
});

describe('listCommits', () => {
  const pages = [
    ['c4', 'c3'],
    ['c2', 'c1'],
  ];

  function listing(requests: object[]): Partial<RouteServiceServer> {
    return {
      listCommits: ({ request }, callback) => {
        requests.push(request);
        const page = Number(request.pageToken || 0);
        const commits = (pages[page] ?? []).map((id) => Commit.fromPartial({ id, state: CommitState.COMMITTED }));
        callback(null, ListCommitsResponse.fromPartial({ commits, nextPageToken: page === 0 ? '1' : '' }));
      },
    };
  }

  it('reads page by page', async () => {
    const requests: object[] = [];
    const client = await serve(listing(requests));
    const commits: Model[] = [];
    for await (const each of client.listCommits({ owner: 'team-a', pageSize: 2 })) commits.push(each);
    expect(commits.map(({ id }) => id)).toEqual(['c4', 'c3', 'c2', 'c1']);
    expect(requests).toEqual([
      { owner: 'team-a', pageSize: 2, pageToken: '' },
      { owner: 'team-a', pageSize: 2, pageToken: '1' },
    ]);
  });

  it('reads no page that nobody wants', async () => {
    const requests: object[] = [];
    const client = await serve(listing(requests));
    for await (const each of client.listCommits()) {
      expect(each.id).toBe('c4');
      break;
    }
    expect(requests).toHaveLength(1);
  });
});
