import { describe, expect, it } from 'vitest';
import { createLineRenderer } from '../../../../client/cli/render/watch-lines.js';
import type { RenderedEvent } from '../../../../client/cli/render/watch-renderer.js';
import type { HostEvent } from '../../../../client/fleet/host-event.js';
import { RouteError } from '../../../../client/index.js';
import { aChange, aRoute } from '../../fleet/fake-mirror.js';

const time = new Date('2026-11-24T10:00:00Z');
const connected = { type: 'connected', bootId: 'boot1', revision: 1n, source: 'notifications' } as const;
const synchronized = { type: 'synchronized', revision: 1n, resumed: false, routeCount: 37 } as const;
const down = new RouteError({ code: 'UNAVAILABLE', reason: 'UNREACHABLE', message: 'connection refused.', remedy: 'start it' });
const stopping = new RouteError({ code: 'UNAVAILABLE', reason: 'AGENT_STOPPING', message: 'the agent stops', remedy: 'try again' });

/** Draws events of one host, of a fleet with a longer name. */
function draw(events: readonly HostEvent[], { color = false, host = 'web1' } = {}): RenderedEvent {
  const render = createLineRenderer({ hosts: ['web1', 'database1'], color, errorColor: color });
  const texts = events.map((event) => render({ ...event, time, host: { name: host, address: `${host}:7420`, groups: [], labels: {} } }));
  return { stdout: texts.map(({ stdout }) => stdout).join(''), stderr: texts.map(({ stderr }) => stderr).join('') };
}

/** What is said of changes, without time and host. */
function changesText(...changes: Parameters<typeof aChange>[]): string[] {
  const { stdout } = draw([{ type: 'changed', changes: changes.map((each) => aChange(...each)), merged: 0 }]);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(37));
}

function statusText(...events: readonly HostEvent[]): string {
  const { stderr } = draw(events);
  return stderr.split('\n').slice(0, -1).at(-1)?.slice(37) ?? '';
}

const five = aRoute('10.9.0.0/16');

describe('lines of a watch', () => {
  it('have time, host, sign, row, what it is like and what did it, in columns', () => {
    const commitId = '5f0c1a';
    const ten = aRoute('10.9.0.0/16', { metric: 10, owner: 'team-net', persistent: true });
    const changes = [
      aChange({ route: five }),
      aChange({ previous: five, route: ten }, { commitId }),
      aChange({ previous: ten }, { missed: true }),
      aChange({ route: aRoute('10.1.0.0/16', { onLink: true, nextHop: '0.0.0.0', interfaceAlias: undefined, protocol: 'local' }) }),
    ];
    expect(draw([{ type: 'changed', changes, merged: 0 }])).toEqual({
      stdout: [
        '2026-11-24T10:00:00.123Z  web1       + 10.9.0.0/16         via 10.20.0.254      on Ethernet      metric 5, netMgmt               external',
        '2026-11-24T10:00:00.123Z  web1       ~ 10.9.0.0/16         via 10.20.0.254      on Ethernet      metric 5 -> 10, persistent no -> yes, owner none -> team-net  commit 5f0c1a, owner team-net',
        '2026-11-24T10:00:00.123Z  web1       - 10.9.0.0/16         via 10.20.0.254      on Ethernet      metric 10, persistent, netMgmt  unknown, found after a gap, owner team-net',
        '2026-11-24T10:00:00.123Z  web1       + 10.1.0.0/16         on-link              on interface 12  metric 5, local                 external',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it('say of a changed row all that differs, but age and lifetimes', () => {
    const route = aRoute('10.9.0.0/16', {
      interfaceMetric: 35,
      protocol: 'bgp',
      origin: 'dhcp',
      publish: true,
      interfaceAlias: 'LAN',
      ageSeconds: 9,
      validLifetimeSeconds: 30,
    });
    expect(changesText([{ previous: five, route }])[0]).toContain(
      '  interface metric 25 -> 35, protocol netMgmt -> bgp, origin manual -> dhcp, published no -> yes, interface Ethernet -> LAN  external',
    );
  });

  it('let nothing of a host reach the terminal that could move it', () => {
    const route = aRoute('10.9.0.0/16', { interfaceAlias: 'Eth\u001b[2J', owner: 'x\ny' });
    const { stdout } = draw([{ type: 'changed', changes: [aChange({ route }, { commitId: '\u0007' })], merged: 0 }], { host: 'w\u001bb1' });
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout.match(/\n/g)).toHaveLength(1);
  });

  it('grow their columns with what they hold, but not without end', () => {
    const [short, v6, long] = ['10.9.0.0/16', '2001:db8:1:2::/64', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ff00/120'].map((prefix) =>
      aRoute(prefix),
    );
    const columnOf = (line: string | undefined) => line?.indexOf('via');
    const lines = changesText(
      [{ route: short }],
      [{ route: aRoute('2001:db8:1234:5678::/64') }],
      [{ route: v6 }],
      [{ route: long }],
      [{ route: short }],
    );
    expect(lines.map(columnOf)).toEqual([27, 27, 27, 46, 27]);
  });

  it('show the rows that are there, and what is owned by whom', () => {
    const routes = [five, aRoute('10.8.0.0/16', { owner: 'team-net' })];
    const { stdout, stderr } = draw([connected, { ...synchronized, routes }]);
    expect(stdout).toBe(
      [
        '2026-11-24T10:00:00.000Z  web1       = 10.9.0.0/16         via 10.20.0.254      on Ethernet  metric 5, netMgmt',
        '2026-11-24T10:00:00.000Z  web1       = 10.8.0.0/16         via 10.20.0.254      on Ethernet  metric 5, netMgmt  owner team-net',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('2026-11-24T10:00:00.000Z  web1       * watching 37 routes (notifications)\n');
  });

  it.each<[string, string, HostEvent[]]>([
    [
      'polling',
      '* watching 1 route (polling every 2s)',
      [
        { ...connected, source: 'polling', pollIntervalMs: 2_000 },
        { ...synchronized, routeCount: 1 },
      ],
    ],
    [
      'down',
      '! connection refused (UNREACHABLE). Trying again until it answers, first in 1s. Remedy: start it.',
      [{ type: 'disconnected', error: down, retryInMs: 1_000 }],
    ],
    [
      'resumed',
      '* connected again, nothing was missed: 37 routes (notifications)',
      [connected, synchronized, connected, { ...synchronized, resumed: true }],
    ],
    [
      'anew',
      '* up to date again: 37 routes (notifications)',
      [connected, synchronized, { type: 'resynchronizing', reason: 'overflow' }, synchronized],
    ],
    [
      'stopping',
      '! the agent stops (AGENT_STOPPING). Trying again until it answers, first in 0.3s.',
      [{ type: 'disconnected', error: stopping, retryInMs: 250 }],
    ],
    [
      'otherBoot',
      '! changes may have been missed, the agent was restarted: looking for them',
      [{ type: 'resynchronizing', reason: 'otherBoot' }],
    ],
    [
      'historyExceeded',
      "! changes may have been missed, the agent's history does not reach back that far: looking for them",
      [{ type: 'resynchronizing', reason: 'historyExceeded' }],
    ],
    [
      'overflow',
      '! changes may have been missed, more changed at once than waits for a watcher: looking for them',
      [{ type: 'resynchronizing', reason: 'overflow' }],
    ],
    ['failed', '! no longer watched: connection refused (UNREACHABLE). Remedy: start it.', [{ type: 'failed', error: down }]],
    [
      'merged',
      '! this output was too slow: 9 changes are left out, only the net change of each row is shown',
      [{ type: 'changed', changes: [], merged: 9 }],
    ],
  ])('say how the watch goes: %s', (_case, text, events) => {
    expect(statusText(...events)).toBe(text);
  });

  it('have the colours of a diff', () => {
    const changes = [
      aChange({ route: five }),
      aChange({ previous: five, route: aRoute('10.9.0.0/16', { metric: 6 }) }),
      aChange({ previous: five }),
    ];
    const { stdout } = draw([{ type: 'changed', changes, merged: 0 }], { color: true });
    expect(stdout.split('\n').map((line) => ['32', '33', '31'].find((code) => line.includes(`\u001b[${code}m`)))).toEqual([
      '32',
      '33',
      '31',
      undefined,
    ]);
    expect(draw([{ type: 'failed', error: down }], { color: true }).stderr).toContain('\u001b[31m! no longer');
  });
});
