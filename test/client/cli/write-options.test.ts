import { describe, expect, it } from 'vitest';
import { Commit, CommitState } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import {
  CreateRouteResponse,
  DeleteRouteResponse,
  type RouteServiceServer,
  SetDefaultGatewayResponse,
  SetRouteResponse,
} from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { wireRoute } from '../support/wire-route.js';
import { startFakeHosts } from './fake-hosts.js';

interface Request {
  readonly options: object | undefined;
}

const commit = Commit.fromPartial({ id: 'c1', state: CommitState.PENDING_CONFIRMATION, confirmRemaining: { seconds: 60n, nanos: 0 } });
const route = wireRoute({ destinationPrefix: '0.0.0.0/0', interfaceAlias: 'Ethernet' });

function writing(requests: Request[], written: { readonly commit?: Commit } = { commit }): Partial<RouteServiceServer> {
  return {
    createRoute: ({ request }, callback) => {
      requests.push(request);
      callback(null, CreateRouteResponse.fromPartial({ route, ...written }));
    },
    setRoute: ({ request }, callback) => {
      requests.push(request);
      callback(null, SetRouteResponse.fromPartial({ route: { ...route, etag: 'new' }, previous: route, ...written }));
    },
    deleteRoute: ({ request }, callback) => {
      requests.push(request);
      callback(null, DeleteRouteResponse.fromPartial({ route, ...written }));
    },
    setDefaultGateway: ({ request }, callback) => {
      requests.push(request);
      callback(null, SetDefaultGatewayResponse.fromPartial({ route, replaced: [{ ...route, nextHop: '192.0.2.7' }], ...written }));
    },
  };
}

const safety = [
  '--owner',
  'team-net',
  '--confirm-within',
  '1m',
  '--accept-risk',
  'management-path',
  '--comment',
  'hub',
  '--request-id',
  'r1',
];
const sent = {
  owner: 'team-net',
  confirmWithin: { seconds: 60n, nanos: 0 },
  requireFreshConnection: true,
  acceptedRisks: [1],
  comment: 'hub',
  requestId: 'r1',
  expectedRevision: 7n,
  validateOnly: false,
};

describe('every write', () => {
  it.each([
    ['routes add', ['routes', 'add', '10.9.0.0/16', '--persistent'], /^RESULT .*\ncreated /],
    ['routes set', ['routes', 'set', '10.9.0.0/16', '--metric', '5'], /^RESULT .*\nchanged /],
    ['routes delete', ['routes', 'delete', '10.9.0.0/16'], /^RESULT .*\ndeleted /],
    ['default-gateway set', ['default-gateway', 'set', '192.0.2.1'], /^RESULT .*\nset .*192\.0\.2\.1 .*\ndeleted .*192\.0\.2\.7 /],
  ])('%s sends the options of a commit, and says how to keep it', async (_what, command, shown) => {
    const requests: Request[] = [];
    const hosts = await startFakeHosts(writing(requests));
    const { code, stdout, stderr } = await hosts.run([...command, ...safety, '--expected-revision', '7']);
    expect(requests[0]?.options).toMatchObject(sent);
    expect(stdout).toMatch(shown);
    expect(stderr).toBe(
      `${hosts.addresses[0]}: commit c1 is pending\n  to be confirmed within 1m, or the host undoes it:\n    routefleet commit confirm c1 --address ${hosts.addresses[0]} --insecure\n`,
    );
    expect(code).toBe(0);
    const [json] = JSON.parse((await hosts.run([...command, ...safety, '-o', 'json'])).stdout);
    expect(json).toMatchObject({ commit: { id: 'c1', state: 'pendingConfirmation', confirmRemainingMs: 60_000 } });
  });

  it('says nothing of a commit that stands, or of none', async () => {
    const stands = await startFakeHosts(writing([], { commit: { ...commit, state: CommitState.COMMITTED, confirmRemaining: undefined } }));
    expect((await stands.run(['routes', 'add', '10.9.0.0/16'])).stderr).toBe('');
    const none = await startFakeHosts(writing([], {}));
    expect((await none.run(['routes', 'add', '10.9.0.0/16'])).stderr).toBe('');
    expect((await none.run(['default-gateway', 'set', '192.0.2.1'])).stdout).toMatch(/\nunchanged /);
  });

  it('default-gateway set sends next hop, interface, metric and scope', async () => {
    const requests: object[] = [];
    const hosts = await startFakeHosts(writing(requests as Request[]));
    const args = ['--interface', '12', '--metric', '3', '--same-interface-only', '--dry-run'];
    const { stdout } = await hosts.run(['default-gateway', 'set', 'FE80::1', ...args]);
    expect(requests).toMatchObject([
      {
        nextHop: 'fe80::1',
        interface: { selector: { $case: 'index', value: 12 } },
        metric: 3,
        sameInterfaceOnly: true,
        options: { validateOnly: true, requireFreshConnection: false },
      },
    ]);
    expect(stdout).toMatch(/\nset \(dry run\) .*\ndeleted \(dry run\) /);
  });

  it('routes set takes a row over for an owner', async () => {
    const requests: object[] = [];
    const hosts = await startFakeHosts(writing(requests as Request[]));
    expect((await hosts.run(['routes', 'set', '10.9.0.0/16', '--owner', 'team-net', '--persistent'])).code).toBe(0);
    expect(requests).toMatchObject([{ route: { persistent: true }, options: { owner: 'team-net' } }]);
  });

  it.each([
    ['--persistent of nobody', ['routes', 'add', '10.9.0.0/16', '--persistent'], /--persistent needs an owner\. Remedy: add --owner/],
    [
      'a revision that is none',
      ['routes', 'delete', '10.9.0.0/16', '--expected-revision', '-1'],
      /"-1" for --expected-revision is not a revision/,
    ],
    ['a next hop that is none', ['default-gateway', 'set', 'web1'], /"web1" is not an IP address/],
    ['an unknown risk', ['default-gateway', 'set', '10.0.0.1', '--accept-risk', 'x'], /"x" for --accept-risk is unknown/],
  ])('refuses %s before anything is sent', async (_what, command, message) => {
    const requests: Request[] = [];
    const hosts = await startFakeHosts(writing(requests));
    const { code, stdout, stderr } = await hosts.run(command);
    expect(stderr).toMatch(message);
    expect([code, stdout, requests]).toEqual([64, '', []]);
  });
});
