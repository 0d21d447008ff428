import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { type ChangeChunk, type ChangeHeader, PlanStep, PlanSummary } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import type { Route } from '../../../proto/gen/routefleet/v1/route.pb.js';
import type { RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { agentStatus, wireStatus } from '../support/fake-service.js';
import { wireRoute } from '../support/wire-route.js';
import { desiredFile } from './desired-file.js';
import { startFakeHosts } from './fake-hosts.js';

interface Sent {
  header?: ChangeHeader;
  chunk?: ChangeChunk;
}

interface Answer {
  readonly summary: Partial<PlanSummary>;
  readonly steps?: PlanStep[];
}

function planning({ summary, steps = [] }: Answer, sent: Sent = {}): Partial<RouteServiceServer> {
  return {
    planRoutes: (call) => {
      call.on('data', ({ part }) => {
        if (part?.$case === 'header') sent.header = part.value;
        if (part?.$case === 'chunk') sent.chunk = part.value;
      });
      call.on('end', () => {
        call.write({ summary: PlanSummary.fromPartial(summary), steps });
        call.end();
      });
    },
  };
}

const row = (destinationPrefix: string, more: Partial<Route> = {}) =>
  wireRoute({ destinationPrefix, nextHop: '10.20.0.1', interfaceAlias: 'Ethernet', ...more });

const changes = {
  summary: PlanSummary.fromPartial({
    planToken: 'tok-1',
    revision: 41n,
    creates: 1,
    sets: 1,
    deletes: 1,
    unchanged: 37,
    bestRoutes: [
      { destination: '192.0.2.9', management: true, before: row('0.0.0.0/0'), after: row('0.0.0.0/0', { nextHop: '10.20.0.254' }) },
      { destination: '8.8.8.8', before: row('0.0.0.0/0'), after: undefined },
      { destination: '9.9.9.9', before: row('0.0.0.0/0'), after: row('9.9.9.0/24') },
    ],
    warnings: [{ reason: 'MANAGEMENT_PATH_CHANGES', message: 'the way to 192.0.2.9 changes', remedy: 'accept it', risk: 1 }],
  }),
  steps: [
    PlanStep.fromPartial({ kind: 1, after: row('10.9.0.0/16', { metric: 5, owner: 'team-net', persistent: true }) }),
    PlanStep.fromPartial({
      kind: 2,
      before: row('10.10.0.0/16', { metric: 5 }),
      after: row('10.10.0.0/16', { metric: 7, owner: 'team-net' }),
    }),
    PlanStep.fromPartial({ kind: 3, before: row('10.110.0.0/16', { nextHop: '0.0.0.0' }) }),
    PlanStep.fromPartial({ kind: 4, before: row('10.12.0.0/16'), after: row('10.12.0.0/16') }),
  ],
};

const unchanged = { summary: { planToken: 't', unchanged: 3 } };

const refusing: Partial<RouteServiceServer> = {
  planRoutes: (call) => call.emit('error', agentStatus(status.PERMISSION_DENIED, 'not for you', { reason: 'ACCESS_DENIED' })),
};

describe('plan', () => {
  it('shows a diff with the deletes set apart, what changes on the way, and the token, and exits 2', async () => {
    const sent: Sent = {};
    const hosts = await startFakeHosts(planning(changes, sent));
    const { code, stdout, stderr } = await hosts.run(['plan', '-f', desiredFile(), '--destination', '8.8.8.8']);
    expect(stderr).toBe('');
    expect(stdout).toBe(
      `${hosts.addresses[0]}: 1 to create, 1 to change, 1 to delete, 37 unchanged
  + 10.9.0.0/16    via 10.20.0.1  on Ethernet  metric 5, persistent
  ~ 10.10.0.0/16   via 10.20.0.1  on Ethernet  metric 5 -> 7, owner none -> team-net
  deleted:
  - 10.110.0.0/16  on-link        on Ethernet  metric 0
  management path to 192.0.2.9: via 10.20.0.1 on Ethernet -> via 10.20.0.254 on Ethernet
  path to 8.8.8.8: via 10.20.0.1 on Ethernet -> unreachable
  path to 9.9.9.9: via 10.20.0.1 on Ethernet (unchanged)
  warning: the way to 192.0.2.9 changes (MANAGEMENT_PATH_CHANGES). Risk: management-path. Remedy: accept it.
  plan token: tok-1
`,
    );
    expect(code).toBe(2);
    expect(sent.header).toMatchObject({ replaceOwned: true, atomicity: 1, destinations: ['8.8.8.8'], options: { owner: 'team-net' } });
    expect(sent.chunk?.desiredRoutes).toMatchObject([{ destinationPrefix: '10.9.0.0/16', metric: 5, persistent: true }]);
  });

  it('exits 0 when nothing would change', async () => {
    const hosts = await startFakeHosts(planning({ summary: { planToken: 't', unchanged: 3 } }));
    expect(await hosts.run(['plan', '-f', desiredFile()])).toEqual({
      code: 0,
      stdout: `${hosts.addresses[0]}: no changes, 3 unchanged\n`,
      stderr: '',
    });
  });

  it('tells what is alike on several hosts once, sums up, and exits 3 when one does not answer', async () => {
    const hosts = await startFakeHosts(planning(changes), refusing, planning(changes), planning(unchanged));
    const [first, second, third, fourth] = hosts.addresses;
    const { code, stdout, stderr } = await hosts.run(['plan', '-f', desiredFile()]);
    expect(stdout).toBe(`×2: ${first}, ${third}
  1 to create, 1 to change, 1 to delete
  + 10.9.0.0/16    via 10.20.0.1  on Ethernet  metric 5, persistent
  ~ 10.10.0.0/16   via 10.20.0.1  on Ethernet  metric 5 -> 7, owner none -> team-net
  deleted:
  - 10.110.0.0/16  on-link        on Ethernet  metric 0
${fourth}
  no changes
×2: ${first}, ${third}
  management path to 192.0.2.9: via 10.20.0.1 on Ethernet -> via 10.20.0.254 on Ethernet
  path to 8.8.8.8: via 10.20.0.1 on Ethernet -> unreachable
  path to 9.9.9.9: via 10.20.0.1 on Ethernet (unchanged)
  warning: the way to 192.0.2.9 changes (MANAGEMENT_PATH_CHANGES). Risk: management-path. Remedy: accept it.
4 hosts: 2 with changes, 1 without, 1 failed; 2 to create, 2 to change, 2 to delete, 77 unchanged
`);
    expect(stderr).toBe(`${second}: not for you (ACCESS_DENIED).\n`);
    expect(code).toBe(3);
  });

  it('keeps hosts apart whose rows differ in anything that is shown', async () => {
    const other = { ...changes, steps: changes.steps.with(0, PlanStep.fromPartial({ kind: 1, after: row('10.9.0.0/16', { metric: 6 }) })) };
    const hosts = await startFakeHosts(planning(changes), planning(other));
    const { stdout } = await hosts.run(['plan', '-f', desiredFile()]);
    expect(stdout).toMatch(
      new RegExp(`^${hosts.addresses[0]}\n  1 to create[^×]*metric 5[^×]*\n${hosts.addresses[1]}\n  1 to create[^×]*metric 6`),
    );
  });

  it('names three of many hosts that are alike', async () => {
    const hosts = await startFakeHosts(...Array.from({ length: 5 }, () => planning(unchanged)));
    const { code, stdout } = await hosts.run(['plan', '-f', desiredFile()]);
    expect(stdout).toBe(`×5: ${hosts.addresses.slice(0, 3).join(', ')} and 2 more\n  no changes\n5 hosts: no changes, 15 unchanged\n`);
    expect(code).toBe(0);
  });

  it('tells failures of the same reason on one line, and exits 1 when nothing else is left', async () => {
    const broken: Partial<RouteServiceServer> = {
      planRoutes: (call) => call.emit('error', agentStatus(status.FAILED_PRECONDITION, 'no journal', { reason: 'JOURNAL_DAMAGED' })),
    };
    const alsoRefusing: Partial<RouteServiceServer> = {
      planRoutes: (call) => call.emit('error', agentStatus(status.PERMISSION_DENIED, 'not for him', { reason: 'ACCESS_DENIED' })),
    };
    const hosts = await startFakeHosts(refusing, broken, alsoRefusing);
    const [first, second, third] = hosts.addresses;
    const { code, stdout, stderr } = await hosts.run(['plan', '-f', desiredFile()]);
    expect(stdout).toBe('3 hosts: 3 failed\n');
    expect(stderr).toBe(
      `×2: ${first}, ${third}: ${first}: not for you; the others for the same reason (ACCESS_DENIED).\n${second}: no journal (JOURNAL_DAMAGED).\n`,
    );
    expect(code).toBe(1);
  });

  it.each([
    ['all hosts at once', [], 2],
    ['as many hosts at once as --concurrency says', ['--concurrency', '1'], 1],
  ])('asks %s', async (_what, args, concurrency) => {
    const waiting = new Set<() => void>();
    let most = 0;
    const counting: Partial<RouteServiceServer> = {
      planRoutes: (call) => {
        call.resume();
        call.on('end', async () => {
          const answered = new Promise<void>((resolve) => waiting.add(resolve));
          most = Math.max(most, waiting.size);
          // Nobody is answered before as many ask as may; if too many did, the others would come meanwhile.
          if (waiting.size === concurrency) setTimeout(() => waiting.forEach((answer) => void answer()), 100);
          await answered;
          waiting.clear();
          call.write({ summary: PlanSummary.fromPartial(unchanged.summary), steps: [] });
          call.end();
        });
      },
    };
    const hosts = await startFakeHosts(counting, counting);
    expect((await hosts.run(['plan', '-f', desiredFile(), ...args])).code).toBe(0);
    expect(most).toBe(concurrency);
  });

  it('shows with --continue-on-error what cannot be done', async () => {
    const failed = wireStatus(status.INVALID_ARGUMENT, 'the metric is below that of the interface', {
      reason: 'METRIC_BELOW_INTERFACE_METRIC',
      metadata: { remedy: 'raise it' },
    });
    const answer = {
      summary: { planToken: 't', creates: 1 },
      steps: [
        PlanStep.fromPartial({ kind: 1, after: row('10.9.0.0/16'), status: failed }),
        PlanStep.fromPartial({
          kind: 2,
          operationIndex: 3,
          status: wireStatus(status.NOT_FOUND, 'no interface "X"', { reason: 'INTERFACE_NOT_FOUND' }),
        }),
      ],
    };
    const sent: Sent = {};
    const hosts = await startFakeHosts(planning(answer, sent));
    const { stdout } = await hosts.run(['plan', '-f', desiredFile(), '--continue-on-error']);
    expect(sent.header?.atomicity).toBe(2);
    expect(stdout).toContain(
      '  ! 10.9.0.0/16  via 10.20.0.1  on Ethernet  the metric is below that of the interface (METRIC_BELOW_INTERFACE_METRIC). Remedy: raise it\n',
    );
    expect(stdout).toContain('  ! operation 3: no interface "X" (INTERFACE_NOT_FOUND)\n');
  });

  it('is coloured on a terminal: green, yellow and red, and the management path in bold red', async () => {
    const hosts = await startFakeHosts(planning(changes));
    const { stdout } = await hosts.run(['plan', '-f', desiredFile()], { color: true });
    expect(stdout).toContain('\u001b[32m+ 10.9.0.0/16');
    expect(stdout).toContain('\u001b[33m~ 10.10.0.0/16');
    expect(stdout).toContain('\u001b[31m- 10.110.0.0/16');
    expect(stdout).toContain('\u001b[1m\u001b[31mmanagement path to 192.0.2.9');
  });

  it('lets no control character of a host reach the terminal', async () => {
    const steps = [PlanStep.fromPartial({ kind: 1, after: row('10.9.0.0/16', { interfaceAlias: 'a\u001b[31m' }) })];
    const hosts = await startFakeHosts(planning({ summary: { planToken: 't\u0007', creates: 1 }, steps }));
    const { stdout } = await hosts.run(['plan', '-f', desiredFile()]);
    expect(stdout).toContain('on a?[31m');
    expect(stdout).toContain('plan token: t?\n');
  });

  it.each(['json', 'yaml', 'ndjson'])('has all of it as %s', async (format) => {
    const hosts = await startFakeHosts(planning(changes));
    const { code, stdout } = await hosts.run(['plan', '-f', desiredFile(), '-o', format]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/planToken"?: ?"?tok-1/);
    if (format === 'yaml') return;
    const parsed = JSON.parse(stdout);
    expect(format === 'json' ? parsed[0] : parsed).toMatchObject({
      host: hosts.addresses[0],
      planToken: 'tok-1',
      revision: '41',
      bestRoutes: [{ destination: '192.0.2.9', management: true }, {}, {}],
      warnings: [{ risk: 'management-path' }],
      steps: [{ kind: 'create' }, { kind: 'set', before: { metric: 5 }, after: { metric: 7 } }, { kind: 'delete' }, { kind: 'unchanged' }],
    });
  });

  it.each([
    ['no file', [], /required option '-f, --file <file>' not specified/],
    [
      'a file that is not there',
      ['-f', '/no/routes.yaml'],
      /^error: the desired state "\/no\/routes\.yaml" cannot be read \(ENOENT\)\. Remedy: /,
    ],
    ['csv', ['-f', 'FILE', '-o', 'csv'], /^error: "-o csv" has no form for this command\. Remedy: give -o json/],
    ['a destination that is none', ['-f', 'FILE', '--destination', 'web1'], /^error: "web1" is not an IP address/],
  ])('refuses %s with exit code 64, and asks no host', async (_what, args, message) => {
    const sent: Sent = {};
    const hosts = await startFakeHosts(planning(changes, sent));
    const { code, stdout, stderr } = await hosts.run(['plan', ...args.map((arg) => (arg === 'FILE' ? desiredFile() : arg))]);
    expect(stderr).toMatch(message);
    expect([code, stdout, sent.header]).toEqual([64, '', undefined]);
  });
});
