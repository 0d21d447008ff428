import { afterAll, beforeAll, expect, it } from 'vitest';
import { GetAgentResponse } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { startFakeHosts } from './fake-hosts.js';
import { type CliRun, run } from './run.js';

const standing = ['192.168.50.0/24', '--next-hop', '10.20.0.9'];
const value = '192.168.50.0,255.255.255.0,10.20.0.9,1';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: {} });
});
afterAll(() => fleet?.close());

const onWeb1 = (...args: readonly string[]): Promise<CliRun> => run([...args, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
const values = (): string[] => [...fleet.agent('web1').control.registry.values().keys()];

it('shows rows that stand in the registry, in a column of its own where there are any', async () => {
  const { stdout } = await onWeb1('routes', 'list');
  expect(stdout).toMatch(/ORIGIN +REGISTRY\n/);
  expect(stdout).toMatch(/^192\.168\.50\.0\/24 .* yes$/m);
  expect(stdout.match(/yes$/gm)).toHaveLength(1);
  expect((await onWeb1('routes', 'list', '--exact', '0.0.0.0/0')).stdout).not.toContain('REGISTRY');
  expect(JSON.parse((await onWeb1('routes', 'get', ...standing, '-o', 'json')).stdout)).toMatchObject([{ inRegistry: true }]);
});

it('warns of a row that comes back, and takes it out of the registry when asked', async () => {
  const left = await onWeb1('routes', 'delete', ...standing);
  expect(left).toMatchObject({ code: 0, stdout: expect.stringContaining('deleted') });
  expect(left.stderr).toMatch(/warning: also in the registry.*come back at the next boot.*\(RETURNS_AT_BOOT\)\. Remedy: .*--also-registry/);
  expect(values()).toEqual([value]);

  const dry = await onWeb1('routes', 'delete', ...standing, '--also-registry', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining(`would also go from the registry: ${value}`) });
  expect(values()).toEqual([value]);
  const gone = await onWeb1('routes', 'delete', ...standing, '--also-registry');
  expect(gone).toMatchObject({ code: 0, stdout: expect.stringMatching(/deleted/), stderr: expect.stringContaining(`registry: ${value}`) });
  expect(values()).toEqual([]);
  const [{ id }] = JSON.parse((await onWeb1('commit', 'list', '--last', '1', '-o', 'json')).stdout);
  expect((await onWeb1('commit', 'show', id)).stdout).toContain(`- from the registry: ${value}`);
});

it('tells of a commit that takes a row out of both', async () => {
  const { control } = fleet.agent('web1');
  control.registry.set(value);
  control.addRoute({ destinationPrefix: '192.168.50.0/24', nextHop: '10.20.0.9', interfaceAlias: 'Ethernet', metric: 4 });
  const { stdout } = await onWeb1('routes', 'delete', ...standing, '--also-registry', '-o', 'json');
  const [{ commit, registryValues }] = JSON.parse(stdout);
  expect(registryValues).toEqual([value]);
  expect((await onWeb1('commit', 'show', commit.id)).stdout).toContain(
    `- 192.168.50.0/24  via 10.20.0.9  on Ethernet  metric 4, in the registry, also from the registry: ${value}`,
  );
});

it('refuses IPv6 with what to do', async () => {
  const { code, stderr } = await onWeb1('routes', 'delete', '2001:db8::/32', '--next-hop', 'fe80::1', '--also-registry');
  expect(code).not.toBe(0);
  expect(stderr).toContain('Remove-NetRoute -PolicyStore PersistentStore');
});

it('asks nothing of an agent that does not know the option, and would delete the row alone', async () => {
  let deleted = 0;
  const old = await startFakeHosts({
    getAgent: (_call, callback) =>
      callback(null, GetAgentResponse.fromPartial({ hostName: 'old', capabilities: { ipv6: true }, limits: {} })),
    deleteRoute: (_call, callback) => {
      deleted += 1;
      callback(null);
    },
  });
  const { code, stderr } = await old.run(['routes', 'delete', ...standing, '--also-registry']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/the agent of old knows no registry of its host \(NOT_SUPPORTED\)\. Remedy: .*update the agent/);
  expect(deleted).toBe(0);
});
