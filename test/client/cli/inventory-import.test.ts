import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { eventually } from '../support/eventually.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    web1: { labels: { site: 'ams' }, groups: ['web'] },
    web2: { labels: { site: 'fra' }, groups: ['web'], profile: 'datacenter' },
    db1: { down: true },
  });
});
afterAll(() => fleet?.close());

function inventory(...args: readonly string[]): Promise<CliRun> {
  return run(['inventory', ...args, '--inventory', fleet.inventory]);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('inventory import', () => {
  const owned = ['--owner', 'team-net'];
  beforeAll(async () => {
    const { control } = fleet.agent('web1');
    control.addRoute({ destinationPrefix: '172.16.0.0/12', nextHop: '10.20.0.7', interfaceAlias: 'Ethernet', metric: 9 });
    control.addRoute({ destinationPrefix: '2001:db8:1::/48', nextHop: 'fe80::1', interfaceAlias: 'Ethernet', metric: 7 });
    for (const args of [
      ['10.9.0.0/16', '--next-hop', '10.20.0.254', '--metric', '5', '--persistent'],
      ['10.10.0.0/16', '--interface', 'Ethernet'],
    ]) {
      const { code, stderr } = await run(['routes', 'add', ...args, ...owned, '--inventory', fleet.inventory, '--host', 'web1']);
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  it('writes the routes of an owner as a desired state, of which nothing is left to do', async () => {
    const { code, stdout, stderr } = await inventory('import', '--host', 'web1', ...owned);
    expect(stdout).toBe(`# imported from web1 (${fleet.addressOf('web1')})

owner: team-net
routes:
  - { prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }
  - { prefix: 10.10.0.0/16, interface: Ethernet, metric: 0, persistent: false }
`);
    expect([code, stderr]).toEqual([0, '']);
    const file = await fleet.write('owned.yaml', stdout);
    expect(await run(['plan', '-f', file, '--inventory', fleet.inventory, '--host', 'web1'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/no changes.*2 unchanged/s),
    });
  });

  it('takes rows of nobody over: planned, nothing changes but their owner', async () => {
    const { code, stdout, stderr } = await inventory('import', '--host', 'web1', '--as-owner', 'team-core', '-o', 'json');
    expect(code).toBe(0);
    expect(lines(stderr).sort()).toEqual([
      expect.stringMatching(/^left out: 1\d routes of the system$/),
      'left out: 2 routes of DHCP, router advertisements or routing protocols',
      'left out: 2 routes of the owner team-net',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      owner: 'team-core',
      routes: [
        { prefix: '192.168.50.0/24', nextHop: '10.20.0.9', interface: 'Ethernet', metric: 1, persistent: false },
        { prefix: '172.16.0.0/12', nextHop: '10.20.0.7', interface: 'Ethernet', metric: 9, persistent: false },
        { prefix: '2001:db8:1::/48', nextHop: 'fe80::1', interface: 'Ethernet', metric: 7, persistent: false },
      ],
    });
    const before = fleet.agent('web1').control.routes();
    const target = ['-f', await fleet.write('core.yaml', stdout), '--inventory', fleet.inventory, '--host', 'web1'];
    const plan = await run(['plan', ...target, '-o', 'json']);
    expect(JSON.parse(plan.stdout)).toMatchObject([
      {
        creates: 0,
        deletes: 0,
        steps: [
          {
            before: { inRegistry: true },
            after: { destinationPrefix: '192.168.50.0/24', owner: 'team-core', metric: 1, inRegistry: true },
          },
          { before: { destinationPrefix: '172.16.0.0/12' }, after: { destinationPrefix: '172.16.0.0/12', owner: 'team-core', metric: 9 } },
          { before: { destinationPrefix: '2001:db8:1::/48' }, after: { owner: 'team-core', metric: 7 } },
        ],
      },
    ]);
    for (const { before: row, after } of JSON.parse(plan.stdout)[0].steps) {
      expect({ ...row, owner: undefined, etag: undefined, ageSeconds: undefined }).toEqual({
        ...after,
        owner: undefined,
        etag: undefined,
        ageSeconds: undefined,
      });
    }
    expect((await run(['apply', ...target])).code).toBe(0);
    const native = (rows: typeof before) => rows.map(({ age: _age, ...row }) => row);
    expect(native(fleet.agent('web1').control.routes())).toEqual(native(before));
    expect((await run(['plan', ...target])).code).toBe(0);
  });

  it('takes the row filters of routes list', async () => {
    const { stdout } = await inventory('import', '--host', 'web2', '--interface', 'Storage', '--protocol', 'netMgmt', '--as-owner', 'a');
    expect(parseYaml(stdout).routes.map(({ prefix }: { prefix: string }) => prefix)).toEqual(['10.41.0.0/16', '10.42.0.0/16']);
  });

  it('writes to a file, which it never replaces unless told to', async () => {
    const out = join(fleet.directory, 'imported.yaml');
    const first = await inventory('import', '--host', 'web1', ...owned, '--out', out);
    expect(first).toEqual({ code: 0, stdout: '', stderr: `2 routes of web1 written to ${out}\n` });
    const text = readFileSync(out, 'utf8');
    expect(parseYaml(text).routes).toHaveLength(2);
    const calls = fleet.agent('web2').control.calls('GetIpForwardTable2');
    const again = ['import', '--host', 'web2', '--protocol', 'netMgmt', '--as-owner', 'a', '--out', out];
    expect(await inventory(...again)).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringMatching(/^error: ".*imported\.yaml" is already there\. Remedy: give another name for --out, or --force/),
    });
    expect(fleet.agent('web2').control.calls('GetIpForwardTable2')).toBe(calls);
    expect(readFileSync(out, 'utf8')).toBe(text);
    expect((await inventory(...again, '--force')).code).toBe(0);
    expect(parseYaml(readFileSync(out, 'utf8')).owner).toBe('a');
    expect(readdirSync(fleet.directory).filter((name) => name.startsWith('imported'))).toEqual(['imported.yaml']);
    const nowhere = join(fleet.directory, 'no', 'out.yaml');
    for (const force of [[], ['--force']]) {
      expect(await inventory('import', '--host', 'web1', ...owned, '--out', nowhere, ...force)).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(/"\S+" cannot be written \(ENOENT\)\. Remedy: check the path/),
      });
    }
    expect(existsSync(nowhere)).toBe(false);
  });

  it.each([
    [
      'several hosts',
      [...owned],
      64,
      /^error: a desired state is imported from one host, and 3 are chosen: web1, web2, db1\. Remedy: choose one/,
    ],
    ['no owner', ['--host', 'web1'], 64, /^error: a desired state has an owner, and none is given\. Remedy: give --owner/],
    ['an owner that is none', ['--host', 'web1', '--as-owner', 'a b'], 64, /^error: "a b" is not an owner\. Remedy: /],
    ['a form that is none', ['--host', 'web1', ...owned, '-o', 'csv'], 64, /^error: "-o csv" has no form for a desired state\. Remedy: /],
    ['a host that is down', ['--host', 'db1', ...owned], 69, /^db1: .*\(UNREACHABLE\)\. Remedy: /],
    ['nothing to import', ['--host', 'web1', '--owner', 'nobody'], 1, /^error: web1 has no route to import\. Remedy: choose other rows/],
  ])('refuses %s', async (_what, args, code, message) => {
    const result = await inventory('import', ...args);
    expect(result.stderr).toMatch(message);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('tells of persistent routes that the host should have and does not', async () => {
    const { control } = fleet.agent('web1');
    const file = await fleet.write(
      'report.yaml',
      'owner: team-report\ndriftPolicy: report\nroutes:\n  - { prefix: 10.77.0.0/16, nextHop: 10.20.0.9 }\n  - { prefix: 10.78.0.0/16, nextHop: 10.20.0.9 }\n',
    );
    expect((await run(['apply', '-f', file, '--inventory', fleet.inventory, '--host', 'web1'])).code).toBe(0);
    control.deleteRoute({ destinationPrefix: '10.78.0.0/16', nextHop: '10.20.0.9', interfaceAlias: 'Ethernet' });
    const importing = () => inventory('import', '--host', 'web1', '--owner', 'team-report');
    await eventually(async () => (await importing()).stderr).toMatch(
      /^not in the file: 1 route of team-report that the host should have and does not /,
    );
    expect(parseYaml((await importing()).stdout).routes).toHaveLength(1);
  });
});
