import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, web2: {} });
});
afterAll(() => fleet?.close());

const hop = 'nextHop: 10.20.0.254, interface: Ethernet';

async function withRoutes(command: string, routes: readonly string[], ...args: readonly string[]): Promise<CliRun> {
  const file = await fleet.write('routes.yaml', `owner: team-net\nroutes: [${routes.join(', ')}]\n`);
  return run([command, '-f', file, '--inventory', fleet.inventory, ...args]);
}

/** Metrics on the simulated host itself, by prefix. */
function onHost(name: string): Readonly<Record<string, number>> {
  const rows = fleet.agent(name).control.routes();
  const named = rows.map((row) => [formatPrefix(row.destinationPrefix), row.metric] as const);
  return Object.fromEntries(named.filter(([prefix]) => /^10\.(9|10|11)\.0\.0\/16$/.test(prefix)));
}

/** One story, in order: each part goes on where the last one ended. */
describe('the desired state of a fleet, against real agents', () => {
  const first = [`{ prefix: 10.9.0.0/16, ${hop}, metric: 5 }`, `{ prefix: 10.10.0.0/16, ${hop} }`];
  const second = [`{ prefix: 10.9.0.0/16, ${hop}, metric: 7 }`, `{ prefix: 10.11.0.0/16, ${hop} }`];

  it('is planned, which writes nothing', async () => {
    const { code, stdout } = await withRoutes('plan', first, '--destination', '10.9.1.1');
    expect(stdout).toMatch(
      /^×2: web1, web2\n {2}2 to create\n {2}\+ 10\.9\.0\.0\/16 +via 10\.20\.0\.254 +on Ethernet +metric 5, persistent\n/,
    );
    expect(stdout).toMatch(/path to 10\.9\.1\.1: via 10\.20\.0\.1 on Ethernet -> via 10\.20\.0\.254 on Ethernet\n/);
    expect(stdout).toMatch(/\n2 hosts: 2 with changes; 4 to create\n$/);
    expect(code).toBe(2);
    expect(onHost('web1')).toEqual({});
  });

  it('is applied to every host, and then there is nothing left to do', async () => {
    const { code, stdout, stderr } = await withRoutes('apply', first, '--all');
    expect(stdout).toMatch(/^web1: 2 created; commit \S+ committed\n[\s\S]*\nweb2: 2 created; commit \S+ committed\n/);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['web1', 'web2']) expect(onHost(name)).toEqual({ '10.9.0.0/16': 5, '10.10.0.0/16': 0 });
    expect(await withRoutes('plan', first)).toMatchObject({
      code: 0,
      stdout: '×2: web1, web2\n  no changes\n2 hosts: no changes, 4 unchanged\n',
    });
    expect(await withRoutes('apply', first, '--all')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('web1: nothing to do, 2 unchanged\n'),
    });
  });

  it('shows what differs, and deletes apart', async () => {
    const { stdout } = await withRoutes('plan', second, '--host', 'web1');
    expect(stdout).toMatch(/^web1: 1 to create, 1 to change, 1 to delete\n/);
    expect(stdout).toMatch(/\n {2}~ 10\.9\.0\.0\/16 .* metric 5 -> 7\n {2}deleted:\n {2}- 10\.10\.0\.0\/16 /);
  });

  it('of a plan that is stale is refused with 5', async () => {
    const plan = JSON.parse((await withRoutes('plan', second, '--host', 'web1', '-o', 'json')).stdout)[0];
    // Of another program: a change of the owner's own row the agent could have put right by then.
    const foreign = { destinationPrefix: '10.77.0.0/16', nextHop: '10.20.0.254', interfaceAlias: 'Ethernet' };
    fleet.agent('web1').control.addRoute(foreign);
    const stale = await withRoutes('apply', second, '--host', 'web1', '--require-plan', plan.planToken);
    expect(stale).toMatchObject({ code: 5, stdout: '', stderr: expect.stringMatching(/\(STALE_PLAN\)\. Remedy: /) });
    fleet.agent('web1').control.deleteRoute(foreign);
  });

  it('is undone as a whole when Windows refuses a part, and exits 4', async () => {
    const { control } = fleet.agent('web1');
    control.fail('DeleteIpForwardEntry', { call: 1, code: 5 });
    const { code, stdout, stderr } = await withRoutes('apply', second, '--all');
    control.clearFaults();
    expect(stdout).toMatch(/^web1: commit \S+ undone\n {2}! /);
    expect(stderr).toMatch(/^web1: undone after ACCESS_DENIED: .*\(ROLLED_BACK\)\. Remedy: .*\nnot touched: web2\n$/);
    expect(code).toBe(4);
    expect(onHost('web1')).toEqual({ '10.9.0.0/16': 5, '10.10.0.0/16': 0 });
  });

  it('stands only when it is confirmed, by the command that is printed', async () => {
    const { stdout } = await withRoutes('apply', second, '--host', 'web1', '--confirm-within', '5m');
    const command = stdout.trimEnd().split('\n').at(-1)?.trim().split(' ').slice(1) ?? [];
    expect(command.slice(0, 2)).toEqual(['commit', 'confirm']);

    const id = command[2] ?? '';
    const others = await withRoutes('apply', first, '--host', 'web1');
    expect(others).toMatchObject({ code: 1, stderr: expect.stringContaining('(COMMIT_PENDING)') });
    const onWeb1 = ['--inventory', fleet.inventory, '--host', 'web1'];
    expect((await run(['agent', 'info', ...onWeb1])).stdout).toContain(`${id} (pending)`);
    expect((await run(['commit', 'extend', id, '--confirm-within', '10m', ...onWeb1])).stdout).toMatch(
      new RegExp(`\\n${id} +pending .* (10m|9m 59s) +team-net`),
    );
    expect((await run(['commit', 'confirm', 'another', ...onWeb1])).stderr).toContain('(COMMIT_ID_MISMATCH)');

    expect(await run(command)).toMatchObject({ code: 0, stderr: '' });
    expect(onHost('web1')).toEqual({ '10.9.0.0/16': 7, '10.11.0.0/16': 0 });
    expect((await run(['commit', 'show', id, ...onWeb1])).stdout).toMatch(new RegExp(`^web1: commit ${id} committed\n`));
    expect(await run(['commit', 'confirm', id, ...onWeb1])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(COMMIT_NOT_PENDING)'),
    });
  });

  it('is confirmed at once with --confirm, and gone with cancel', async () => {
    const confirmed = await withRoutes('apply', first, '--host', 'web1', '--confirm-within', '1m', '--confirm', '--probe', 'gateway');
    expect(confirmed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/commit \S+ committed\n[\s\S]*probe .*gateway.*: passed\n/i),
    });

    await withRoutes('apply', second, '--host', 'web1', '--confirm-within', '1m');
    const [newest] = JSON.parse(
      (await run(['commit', 'list', '--last', '1', '--inventory', fleet.inventory, '--host', 'web1', '-o', 'json'])).stdout,
    );
    expect(newest).toMatchObject({
      state: 'pendingConfirmation',
      owner: 'team-net',
      actor: expect.stringMatching(/\w/),
      requireFreshConnection: true,
    });
    const cancelled = await run(['commit', 'cancel', newest.id, '--inventory', fleet.inventory, '--host', 'web1']);
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringMatching(/undone .* COMMIT_CANCELLED/) });
    expect(onHost('web1')).toEqual({ '10.9.0.0/16': 5, '10.10.0.0/16': 0 });
  });

  it('of nothing deletes all rows of the owner, and no others', async () => {
    const others = fleet.agent('web1').control.routes().length - 2;
    expect(await withRoutes('apply', [], '--host', 'web1')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^web1: 2 deleted; /) });
    expect(onHost('web1')).toEqual({});
    expect(fleet.agent('web1').control.routes()).toHaveLength(others);
  });
});

describe('the default gateway', () => {
  it('is set by one command, and the old one goes', async () => {
    const args = ['default-gateway', 'set', '10.20.0.254', '--inventory', fleet.inventory, '--host', 'web2'];
    expect(await run(args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/does not answer .*\(PROBE_FAILED\)/) });
    fleet.agent('web2').control.setNeighbour('Ethernet', '10.20.0.254', true);
    const { code, stdout, stderr } = await run(args);
    expect(stdout).toMatch(/\nset +0\.0\.0\.0\/0 +10\.20\.0\.254 +Ethernet .*\ndeleted +0\.0\.0\.0\/0 +10\.20\.0\.1 /);
    expect([code, stderr]).toEqual([0, '']);
    const { stdout: route } = await run(['best-route', '192.0.2.1', '--inventory', fleet.inventory, '--host', 'web2', '-o', 'ndjson']);
    expect(JSON.parse(route)).toMatchObject({ nextHop: '10.20.0.254' });
  });
});
