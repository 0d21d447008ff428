import type { ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliProcess, startCli } from './cli-process.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, web2: {} });
  fleet.agent('web1').control.addManyRoutes(5_000);
});
afterAll(() => fleet?.close());

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Ended at the latest after the test. */
function start(...told: Parameters<typeof startCli>): CliProcess {
  const started = startCli(...told);
  running.push(started.child);
  return started;
}

describe('routefleet', { timeout: 30_000 }, () => {
  it.each([
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['--help'], /^Usage: routefleet [\s\S]*Exit codes:\n/],
    [['routes', 'add', '--help'], /--next-hop <address>[\s\S]*--dry-run[\s\S]*Examples:\n {2}\$ routefleet routes add/],
  ])('answers %j and exits 0', async (args, text) => {
    const { code, stdout, stderr } = await start(args).ended;
    expect(stdout).toMatch(text);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('takes hosts from the environment, and colours nothing that is no terminal', async () => {
    const environment = { ROUTEFLEET_INVENTORY: fleet.inventory, FORCE_COLOR: '1' };
    const { code, stdout, stderr } = await start(['best-route', '192.0.2.1', '-o', 'table'], environment).ended;
    expect(stdout).toMatch(/^HOST {2}DESTINATION .*\nweb1 .*\nweb2 .*\n$/);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('takes TLS files from the environment', async () => {
    const { ca, certificate, key } = fleet.files;
    const environment = { ROUTEFLEET_TLS_CA: ca, ROUTEFLEET_TLS_CERT: certificate, ROUTEFLEET_TLS_KEY: key };
    const { code, stdout } = await start(['agent', 'info', '--address', fleet.addressOf('web2'), '-o', 'ndjson'], environment).ended;
    expect(JSON.parse(stdout)).toMatchObject({ hostName: 'web2' });
    expect(code).toBe(0);
  });

  it('writes a large table in full before it exits', async () => {
    const args = ['routes', 'list', '--inventory', fleet.inventory, '--within', '44.0.0.0/8', '-o', 'ndjson'];
    const { code, stdout } = await start(args).ended;
    expect(stdout.match(/\n/g)).toHaveLength(5_000);
    expect(code).toBe(0);
  });

  it('exits with the code of a mistake', async () => {
    const { code, stdout, stderr } = await start(['routes', 'list']).ended;
    expect(stderr).toMatch(/^error: no agent is named\. Remedy: /);
    expect([code, stdout]).toEqual([64, '']);
  });

  it('ends quietly when the reader has seen enough, as with "| head"', async () => {
    const { child, ended } = start(['routes', 'list', '--inventory', fleet.inventory, '-o', 'ndjson']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { signal, stderr } = await ended;
    expect(stderr).toBe('');
    expect(signal).toBeNull();
  });

  it('ends with 130 after Ctrl-C, and says so per host', async () => {
    const { control } = fleet.agent('web2');
    control.delay('GetIpForwardTable2', 60_000);
    try {
      const before = control.calls('GetIpForwardTable2');
      const { child, ended } = start(['routes', 'list', '--inventory', fleet.inventory, '--host', 'web2']);
      await expect.poll(() => control.calls('GetIpForwardTable2'), { timeout: 15_000 }).toBeGreaterThan(before);
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect(stderr).toMatch(/^web2: cancelled by the caller \(CANCELLED\)\.\n$/);
      expect(code).toBe(130);
    } finally {
      control.delay('GetIpForwardTable2', 0);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends a watch with 0 after %s', async (name) => {
    const { child, ended } = start(['watch', '--inventory', fleet.inventory, '--host', 'web1', '--snapshot', '--covering', '192.0.2.1']);
    let seen = '';
    child.stdout?.on('data', (data) => {
      seen += data;
      if (seen.endsWith('\n')) child.kill(name);
    });
    const { code, signal, stdout, stderr } = await ended;
    expect([code, signal]).toEqual([0, null]);
    expect(stdout).toMatch(/^\S+Z {2}web1 {2}= 0\.0\.0\.0\/0 .*\n$/);
    expect(stderr).toMatch(/^\S+Z {2}web1 {2}\* watching 1 route \(.*\)\n$/);
  });

  it('ends a watch quietly when the reader has seen enough', async () => {
    const { child, ended } = start(['watch', '--inventory', fleet.inventory, '--host', 'web1', '--snapshot', '-o', 'ndjson']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { signal, stderr } = await ended;
    expect([signal, stderr]).toEqual([null, '']);
  });
});
