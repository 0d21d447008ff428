import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    web1: { labels: { site: 'ams' }, groups: ['web'] },
    db1: { profile: 'datacenter', labels: { site: 'fra' } },
    web2: { labels: { site: 'fra' }, groups: ['web'], down: true },
  });
});
afterAll(() => fleet?.close());

/** On hosts of the inventory; all of them without further options. */
function onFleet(...args: readonly string[]): Promise<CliRun> {
  return run([...args, '--inventory', fleet.inventory]);
}

/** On one agent by its address. */
function onWeb1(...args: readonly string[]): Promise<CliRun> {
  return run([...args, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
}

const up = ['--host', 'web1', '--host', 'db1'];

describe('commands that read', () => {
  describe('from several hosts', () => {
    it('put the host first, and list the hosts in the order of the inventory', async () => {
      const { code, stdout, stderr } = await onFleet('routes', 'list', '--covering', '192.0.2.1', ...up);
      expect(stdout).toBe(
        [
          'HOST  PREFIX     NEXT-HOP   INTERFACE  INDEX  METRIC  IF-METRIC  EFFECTIVE  PROTOCOL  ORIGIN',
          'web1  0.0.0.0/0  10.20.0.1  Ethernet      12       0         25         25  netMgmt   dhcp',
          'db1   0.0.0.0/0  10.30.0.1  Ethernet0      4       1         15         16  netMgmt   manual',
          '',
        ].join('\n'),
      );
      expect(stderr).toBe('');
      expect(code).toBe(0);
    });

    it('show the others when one is down, name it with a remedy on one line, and exit 3', async () => {
      const { code, stdout, stderr } = await onFleet('routes', 'list', '--covering', '192.0.2.1');
      expect(hostsOf(stdout)).toEqual(['web1', 'db1']);
      expect(stderr).toBe(
        `web2: connection refused at ${fleet.addressOf('web2')} (UNREACHABLE). Remedy: check that routefleet-agent runs on the host and listens on this port.\n`,
      );
      expect(code).toBe(3);
    });

    it('keep the column of the host when a single one of them answers', async () => {
      const { stdout } = await onFleet('routes', 'list', '--covering', '192.0.2.1', '--host', 'web*');
      expect(stdout.split('\n')[0]).toMatch(/^HOST {2}PREFIX/);
      expect(hostsOf(stdout)).toEqual(['web1']);
    });

    it('take hosts by label and by the label of their group', async () => {
      const web = await onFleet('best-route', '192.0.2.1', '-l', 'group=web,site=ams', '-o', 'json');
      expect(JSON.parse(web.stdout)).toMatchObject([{ host: 'web1', sourceAddress: '10.20.0.10' }]);
      const { stdout } = await onFleet('best-route', '192.0.2.1', '-l', 'group!=web', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject([{ host: 'db1', destination: '192.0.2.1', sourceAddress: '10.30.0.11' }]);
    });

    it('exit 69 and write no table when none can be reached', async () => {
      const { code, stdout, stderr } = await onFleet('routes', 'list', '--host', 'web2');
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^web2: connection refused at .*Remedy: /);
      expect(code).toBe(69);
    });

    it('stay valid JSON, YAML and CSV when none can be reached', async () => {
      expect(JSON.parse((await onFleet('agent', 'info', '--host', 'web2', '-o', 'json')).stdout)).toEqual([]);
      expect(parseYaml((await onFleet('agent', 'info', '--host', 'web2', '-o', 'yaml')).stdout)).toEqual([]);
      expect((await onFleet('agent', 'info', '--host', 'web2', '-o', 'ndjson')).stdout).toBe('');
      expect((await onFleet('agent', 'info', '--host', 'web2', '-o', 'csv')).stdout).toMatch(/^host,hostName,os,[\w,]+\n$/);
    });
  });

  describe('from one host', () => {
    it('have no column for it, and exit 1 when it refuses', async () => {
      const { code, stdout, stderr } = await onWeb1('routes', 'get', '198.51.100.0/24', '--next-hop', '10.20.0.9');
      expect(stdout).toBe('');
      expect(stderr).toBe(
        'error: the host has no route 198.51.100.0/24 via 10.20.0.9 (ROUTE_NOT_FOUND). Remedy: list the routes; a row is named by prefix, next hop and interface.\n',
      );
      expect(code).toBe(1);
    });

    it('shows one route', async () => {
      const { code, stdout } = await onWeb1('routes', 'get', '0.0.0.0/0', '--next-hop', '10.20.0.1');
      expect(stdout.split('\n')).toEqual([
        'PREFIX     NEXT-HOP   INTERFACE  INDEX  METRIC  IF-METRIC  EFFECTIVE  PROTOCOL  ORIGIN',
        '0.0.0.0/0  10.20.0.1  Ethernet      12       0         25         25  netMgmt   dhcp',
        '',
      ]);
      expect(code).toBe(0);
    });

    it('lists interfaces with metrics and addresses', async () => {
      const { stdout } = await onWeb1('interfaces');
      expect(stdout).toMatch(/^INDEX {2}ALIAS /);
      expect(stdout).toMatch(/^ +12 {2}Ethernet +up +ethernet +25 \(auto\) +25 \(auto\) {2}10\.20\.0\.10\/16 2001:db8:20::a\/64 fe80::/m);
      expect(stdout).toMatch(/^ +8 {2}Wi-Fi +down +wireless /m);
    });

    it('shows what the agent is', async () => {
      const { stdout } = await onWeb1('agent', 'info');
      expect(stdout).toMatch(/^NAME {2}OS +AGENT +ENGINE +IPV4-WRITES/);
      expect(stdout).toMatch(/\nweb1 {2}Windows Server 2022 10\.0\.20348 +\d+\.\d+\.\d+ +simulated +classic +netio +yes +ok +- +0 +\d+\n$/);
    });

    it('lets the agent filter', async () => {
      async function prefixes(...args: string[]): Promise<string[]> {
        const { stdout, stderr } = await run(['routes', 'list', ...args, '-o', 'ndjson', '--inventory', fleet.inventory, '--host', 'db1']);
        expect(stderr).toBe('');
        return lines(stdout).map((line) => JSON.parse(line).destinationPrefix);
      }
      expect(await prefixes('--within', '10.40.0.0/13', '--protocol', 'NETMGMT')).toEqual(['10.41.0.0/16', '10.42.0.0/16']);
      expect(await prefixes('--prefix', '172.16.0.0/12')).toEqual(['172.16.0.0/12']);
      expect(await prefixes('--interface', 'réseau de gestion', '--protocol', 'netMgmt')).toEqual(['192.168.100.0/24']);
      expect(await prefixes('--interface', 'index:6', '--min-metric', '1', '--max-metric', '10')).toEqual(['10.42.0.0/16']);
      expect(await prefixes('--next-hop', 'on-link', '--family', '4', '--within', '10.41.0.0/16')).toEqual([]);
      expect(await prefixes('--family', '6', '--origin', 'manual', '--protocol', 'netMgmt')).toEqual(['::/0']);
    });
  });

  describe('in forms for machines', () => {
    const query = ['routes', 'list', '--covering', '192.0.2.1', ...up] as const;
    // luidOf(type 6, index 0x8001), beyond what a JSON number can hold exactly.
    const luid = String((6n << 48n) | (0x8001n << 24n));
    const expected = [
      { host: 'web1', destinationPrefix: '0.0.0.0/0', nextHop: '10.20.0.1', interfaceLuid: luid, interfaceIndex: 12, effectiveMetric: 25 },
      { host: 'db1', destinationPrefix: '0.0.0.0/0', nextHop: '10.30.0.1', interfaceLuid: luid, interfaceIndex: 4, effectiveMetric: 16 },
    ];

    it('writes JSON: an array whose objects begin with the host, and 64-bit numbers as text', async () => {
      const objects = JSON.parse((await onFleet(...query, '-o', 'json')).stdout);
      expect(objects).toMatchObject(expected);
      expect(Object.keys(objects[0])[0]).toBe('host');
      expect(objects[0]).not.toHaveProperty('owner');
    });

    it('writes ndjson: one whole object per line', async () => {
      const { stdout } = await onFleet(...query, '-o', 'ndjson');
      expect(lines(stdout).map((line) => JSON.parse(line))).toMatchObject(expected);
    });

    it('writes YAML with the same members, and LUIDs that stay text', async () => {
      const { stdout } = await onFleet(...query, '-o', 'yaml');
      expect(parseYaml(stdout)).toMatchObject(expected);
      expect(stdout).toContain(`interfaceLuid: "${luid}"`);
    });

    it('writes CSV with a header and every column', async () => {
      const { stdout } = await onFleet(...query, '-o', 'csv');
      const [header = '', ...rows] = lines(stdout);
      const names = header.split(',');
      const objects = rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index], cell])));
      expect(objects).toMatchObject(
        expected.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)]))),
      );
      expect(objects[0]).toMatchObject({ onLink: 'false', owner: '', protocol: 'netMgmt' });
    });

    it('names a single host, too', async () => {
      expect(JSON.parse((await onWeb1('interfaces', '-o', 'json')).stdout)[2]).toMatchObject({
        host: fleet.addressOf('web1'),
        alias: 'Ethernet',
        luid,
        addresses: [{ address: '10.20.0.10', prefixLength: 16 }, {}, {}],
        bindings: [{ family: 'ipv4', metric: 25 }, { family: 'ipv6' }],
      });
      expect(JSON.parse((await onWeb1('agent', 'info', '-o', 'json')).stdout)).toMatchObject([
        {
          host: fleet.addressOf('web1'),
          hostName: 'web1',
          revision: expect.stringMatching(/^\d+$/),
          startTime: expect.stringMatching(/Z$/),
        },
      ]);
    });
  });

  it('exit 130 when interrupted, and still say what became of each host', async () => {
    fleet.agent('db1').control.delay('GetIpForwardTable2', 30_000);
    try {
      const interruption = new AbortController();
      const running = run(['routes', 'list', '--inventory', fleet.inventory, ...up, '-o', 'ndjson'], { signal: interruption.signal });
      setTimeout(() => interruption.abort(new Error('interrupted')), 300);
      const { code, stdout, stderr } = await running;
      expect(new Set(lines(stdout).map((line) => JSON.parse(line).host))).toEqual(new Set(['web1']));
      expect(stderr).toMatch(/^db1: cancelled by the caller \(CANCELLED\)\.\n$/);
      expect(code).toBe(130);
    } finally {
      fleet.agent('db1').control.delay('GetIpForwardTable2', 0);
    }
  });

  it('give up on a host after --timeout', async () => {
    fleet.agent('db1').control.delay('GetIpForwardTable2', 30_000);
    try {
      const { code, stderr } = await onFleet('routes', 'list', '--host', 'db1', '--timeout', '300ms');
      expect(stderr).toMatch(/^db1: 127\.0\.0\.1:\d+ did not answer within 300 ms \(DEADLINE_EXCEEDED\)\. Remedy: allow more time/);
      expect(code).toBe(1);
    } finally {
      fleet.agent('db1').control.delay('GetIpForwardTable2', 0);
    }
  });
});

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** First column of a table. */
function hostsOf(table: string): string[] {
  return lines(table)
    .slice(1)
    .map((line) => line.split(' ')[0] ?? '');
}
