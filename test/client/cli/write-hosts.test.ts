import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

const prefix = '10.9.0.0/16';
const route = [prefix, '--next-hop', '10.20.0.254'];

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: { labels: { site: 'ams' } }, web2: {}, web3: {} });
});
afterEach(() => {
  for (const name of ['web1', 'web2', 'web3']) {
    const { control } = fleet.agent(name);
    control.clearFaults();
    if (metricOn(name) !== undefined)
      control.deleteRoute({ destinationPrefix: prefix, nextHop: '10.20.0.254', interfaceAlias: 'Ethernet' });
  }
});
afterAll(() => fleet?.close());

function onFleet(...args: readonly string[]): Promise<CliRun> {
  return run([...args, '--inventory', fleet.inventory]);
}

function onWeb1(...args: readonly string[]): Promise<CliRun> {
  return run([...args, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
}

/** What the simulated host itself has; undefined: no such row. */
function metricOn(name: string): number | undefined {
  const row = fleet
    .agent(name)
    .control.routes()
    .find(({ destinationPrefix }) => formatPrefix(destinationPrefix) === prefix);
  return row?.metric;
}

function creates(name: string): number {
  return fleet.agent(name).control.calls('CreateIpForwardEntry');
}

describe('commands that write', () => {
  describe('to one host', () => {
    it('add, set and delete a route, and show each as the host has it', async () => {
      expect(await onWeb1('routes', 'add', ...route, '--metric', '5')).toEqual({
        code: 0,
        stdout:
          'RESULT   PREFIX       NEXT-HOP     INTERFACE  INDEX  METRIC  FUNCTION\ncreated  10.9.0.0/16  10.20.0.254  Ethernet      12       5  CreateIpForwardEntry\n',
        stderr: '',
      });
      expect(metricOn('web1')).toBe(5);

      const { stdout: changed } = await onWeb1('routes', 'set', ...route, '--metric', '7');
      expect(changed).toMatch(/\nchanged {2}10\.9\.0\.0\/16 {2}10\.20\.0\.254 {2}Ethernet +12 {2}5 -> 7 {2}SetIpForwardEntry\n$/);
      expect(metricOn('web1')).toBe(7);

      const { stdout: deleted } = await onWeb1('routes', 'delete', ...route);
      expect(deleted).toMatch(/\ndeleted {2}10\.9\.0\.0\/16 .* 7 {2}DeleteIpForwardEntry\n$/);
      expect(metricOn('web1')).toBeUndefined();
    });

    it('can be repeated when asked to be', async () => {
      const add = ['routes', 'add', ...route, '--allow-existing'];
      expect((await onWeb1(...add)).stdout).toContain('created');
      expect(await onWeb1(...add)).toMatchObject({ code: 0, stdout: expect.stringContaining('existed') });
      expect((await onWeb1('routes', 'set', ...route, '--metric', '0')).stdout).toContain('unchanged');
      const remove = ['routes', 'delete', ...route, '--allow-missing'];
      expect((await onWeb1(...remove)).stdout).toContain('deleted');
      expect(await onWeb1(...remove, '-o', 'json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"result": "missing"') });
    });

    it('exit 1 with the Windows error and a remedy', async () => {
      fleet.agent('web1').control.fail('CreateIpForwardEntry', { call: 1, code: 5 });
      const { code, stdout, stderr } = await onWeb1('routes', 'add', ...route);
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /^error: CreateIpForwardEntry failed for 10\.9\.0\.0\/16 .*ERROR_ACCESS_DENIED.*\(ACCESS_DENIED\)\. Remedy: .+\.\n$/,
      );
      expect(code).toBe(1);
    });

    it('refuse to change a row that somebody else changed', async () => {
      await onWeb1('routes', 'add', ...route, '--metric', '5');
      const [{ etag }] = JSON.parse((await onWeb1('routes', 'get', ...route, '-o', 'json')).stdout);
      fleet.agent('web1').control.setRoute({ destinationPrefix: prefix, nextHop: '10.20.0.254', interfaceAlias: 'Ethernet', metric: 6 });
      for (const command of [
        ['set', ...route, '--metric', '9'],
        ['delete', ...route],
      ]) {
        const { code, stderr } = await onWeb1('routes', ...command, '--etag', etag);
        expect(stderr).toMatch(/\(ETAG_MISMATCH\)\. Remedy: /);
        expect(code).toBe(1);
      }
      expect(metricOn('web1')).toBe(6);
    });

    it('never repeat a write that failed', async () => {
      fleet.agent('web1').control.fail('CreateIpForwardEntry', { call: 'every', code: 31 });
      const before = creates('web1');
      await onWeb1('routes', 'add', ...route);
      expect(creates('web1') - before).toBe(1);
    });
  });

  describe('to a fleet', () => {
    it('want the hosts to be chosen, and write nothing without', async () => {
      const { code, stdout, stderr } = await onFleet('routes', 'add', ...route);
      expect(stderr).toBe(
        'error: the inventory has 3 hosts, and none is chosen to be written to. Remedy: choose with --host, --selector or --limit, or give --all.\n',
      );
      expect([code, stdout]).toEqual([64, '']);
      expect(['web1', 'web2', 'web3'].map(metricOn)).toEqual([undefined, undefined, undefined]);
    });

    it.each([
      ['--all', ['--all'], [0, 0, 0]],
      ['--host', ['--host', 'web1', '--host', 'web3'], [0, undefined, 0]],
      ['--host and -l', ['--host', 'web?', '-l', '!site'], [undefined, 0, 0]],
      ['-l', ['-l', 'site=ams'], [0, undefined, undefined]],
    ] as const)('reach the hosts of %s and no others', async (_what, choice, metrics) => {
      expect(await onFleet('routes', 'add', ...route, ...choice)).toMatchObject({ code: 0, stderr: '' });
      expect(['web1', 'web2', 'web3'].map(metricOn)).toEqual(metrics);
    });

    it('stop at the first failure and name the hosts that were left alone', async () => {
      fleet.agent('web2').control.fail('CreateIpForwardEntry', { call: 'every', code: 5 });
      const before = creates('web3');
      const { code, stdout, stderr } = await onFleet('routes', 'add', ...route, '--all');
      expect(stdout).toMatch(/^HOST {2}RESULT .*\nweb1 {2}created .*\n$/);
      expect(stderr).toMatch(/^web2: .*\(ACCESS_DENIED\)\. Remedy: .*\nnot touched: web3\n$/);
      expect(code).toBe(3);
      expect(creates('web3')).toBe(before);
      expect(['web1', 'web2', 'web3'].map(metricOn)).toEqual([0, undefined, undefined]);
    });

    it('exit 1 when nothing was written at all', async () => {
      fleet.agent('web1').control.fail('CreateIpForwardEntry', { call: 'every', code: 5 });
      expect(await onFleet('routes', 'add', ...route, '--all')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/\nnot touched: web2, web3\n$/),
      });
    });

    it('go on after a failure with --keep-going', async () => {
      fleet.agent('web2').control.fail('CreateIpForwardEntry', { call: 'every', code: 5 });
      const { code, stdout, stderr } = await onFleet('routes', 'add', ...route, '--all', '--keep-going');
      expect(stdout).toMatch(/\nweb1 {2}created .*\nweb3 {2}created .*\n$/);
      expect(stderr).toMatch(/^web2: [^\n]*\n$/);
      expect(code).toBe(3);
      expect(['web1', 'web2', 'web3'].map(metricOn)).toEqual([0, undefined, 0]);
    });

    it('write nothing with --dry-run, and say what would have been done', async () => {
      const hosts = ['web1', 'web2', 'web3'];
      const functions = ['CreateIpForwardEntry', 'SetIpForwardEntry', 'DeleteIpForwardEntry'] as const;
      const calls = () => hosts.map((name) => functions.map((name2) => fleet.agent(name).control.calls(name2)));
      const before = calls();
      const { code, stdout } = await onFleet('routes', 'add', ...route, '--metric', '5', '--all', '--dry-run');
      expect(stdout.match(/^web\d {2}created \(dry run\) {2}10\.9\.0\.0\/16 .* 5 .*$/gm)).toHaveLength(3);
      expect(code).toBe(0);
      const gateway = ['0.0.0.0/0', '--next-hop', '10.20.0.1'];
      expect((await onFleet('routes', 'set', ...gateway, '--metric', '9', '--all', '--dry-run')).stdout).toMatch(
        /changed \(dry run\).* 0 -> 9 /,
      );
      expect(
        (await onFleet('routes', 'delete', ...gateway, '--all', '--dry-run', '--accept-risk', 'default-route', '--confirm-within', '1m'))
          .stdout,
      ).toContain('deleted (dry run)');
      expect(calls()).toEqual(before);
    });

    it('write to nobody else once interrupted', async () => {
      const interruption = new AbortController();
      interruption.abort(new Error('interrupted'));
      const { code, stderr } = await run(['routes', 'add', ...route, '--all', '--inventory', fleet.inventory], {
        signal: interruption.signal,
      });
      expect(stderr).toBe('not touched: web1, web2, web3\n');
      expect(code).toBe(130);
      expect(['web1', 'web2', 'web3'].map(metricOn)).toEqual([undefined, undefined, undefined]);
    });

    it('report in JSON what happened where', async () => {
      const { stdout } = await onFleet('routes', 'add', ...route, '--metric', '5', '--host', 'web1', '--host', 'web2', '-o', 'json');
      const common = { result: 'created', dryRun: false, function: 'CreateIpForwardEntry', metric: 5, effectiveMetric: 30 };
      expect(JSON.parse(stdout)).toMatchObject([
        { host: 'web1', ...common },
        { host: 'web2', ...common },
      ]);
    });

    // Last: web2 stays busy, and web1 changed.
    it('stop where they are at Ctrl-C, and name what was left alone', async () => {
      const { control } = fleet.agent('web2');
      control.delay('GetIpForwardTable2', 5_000);
      const before = control.calls('GetIpForwardTable2');
      const interruption = new AbortController();
      const running = run(
        ['routes', 'set', '0.0.0.0/0', '--next-hop', '10.20.0.1', '--metric', '3', '--all', '--keep-going', '--inventory', fleet.inventory],
        {
          signal: interruption.signal,
        },
      );
      await expect.poll(() => control.calls('GetIpForwardTable2'), { timeout: 15_000 }).toBeGreaterThan(before);
      interruption.abort(new Error('interrupted'));
      const { code, stdout, stderr } = await running;
      control.delay('GetIpForwardTable2', 0);
      expect(stdout).toMatch(/\nweb1 {2}changed .* 0 -> 3 .*\n$/);
      expect(stderr).toMatch(/^web2: cancelled by the caller \(CANCELLED\)\. Remedy: look at the table.*\nnot touched: web3\n$/);
      expect(code).toBe(130);
      expect(fleet.agent('web3').control.calls('SetIpForwardEntry')).toBe(0);
    });
  });
});
