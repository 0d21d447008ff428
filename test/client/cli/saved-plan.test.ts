import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlanSummary } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { GetAgentResponse, type RouteServiceServer } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { formatPrefix } from '../../../proto/prefix.js';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { startFakeHosts } from './fake-hosts.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
let plan: string;
beforeEach(async () => {
  fleet = await startFleet({
    web1: { labels: { site: 'ams' } },
    web2: { labels: { site: 'ams' } },
    db1: { labels: { site: 'fra' } },
    off1: { labels: { site: 'lon' }, down: true },
  });
  plan = join(fleet.directory, 'plan.json');
});
afterEach(() => fleet?.close());

const wanted = 'owner: team-net\nroutes: [{ prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }]\n';

async function save(...args: readonly string[]): Promise<CliRun> {
  const file = await fleet.write('routes.yaml', wanted);
  return run(['plan', '-f', file, '--out', plan, '--inventory', fleet.inventory, ...args]);
}

/** Metrics of the planned route on the simulated hosts; undefined: not there. */
function metrics(): readonly (number | undefined)[] {
  return ['web1', 'web2', 'db1'].map((name) => {
    const rows = fleet.agent(name).control.routes();
    return rows.find((row) => formatPrefix(row.destinationPrefix) === '10.9.0.0/16')?.metric;
  });
}

/** Another program adds a row. */
function disturb(name: string): void {
  fleet.agent(name).control.addRoute({ destinationPrefix: '10.77.0.0/16', nextHop: '10.20.0.1', interfaceAlias: 'Ethernet' });
}

describe('apply of a saved plan', () => {
  it('does exactly what was planned on its hosts, and on no others', async () => {
    const planned = await save('-l', 'site=ams');
    expect(planned).toMatchObject({ code: 2, stderr: `plan of 2 hosts saved in ${plan}\n` });
    expect(planned.stdout).toMatch(/^×2: web1, web2\n {2}1 to create\n/);
    // What the file says by now does not matter.
    await fleet.write('routes.yaml', 'owner: team-net\nroutes: []\n');
    const { code, stdout, stderr } = await run(['apply', plan]);
    expect(stdout).toMatch(/^web1: 1 created; commit \S+ committed\n[\s\S]*\nweb2: 1 created; commit \S+ committed\n/);
    expect([code, stderr, metrics()]).toEqual([0, '', [5, 5, undefined]]);
  });

  it('holds what it was made of', async () => {
    await save('-l', 'site=ams', '--destination', '8.8.8.8');
    expect(JSON.parse(readFileSync(plan, 'utf8'))).toMatchObject({
      kind: 'routefleet.plan',
      version: 1,
      inventory: { path: fleet.inventory, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      options: { owner: 'team-net', atomicity: 'allOrNothing', destinations: ['8.8.8.8'] },
      hosts: [
        {
          name: 'web1',
          address: fleet.addressOf('web1'),
          bootId: expect.stringMatching(/\w/),
          revision: expect.stringMatching(/^\d+$/),
          planToken: expect.stringMatching(/\w/),
          summary: { creates: 1, sets: 0, deletes: 0, unchanged: 0 },
          routes: [
            { destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254', interface: { alias: 'Ethernet' }, metric: 5, persistent: true },
          ],
        },
        { name: 'web2' },
      ],
      unplanned: [],
    });
  });

  it('writes nothing at all when the table of one host has changed, says which and how, and exits 5', async () => {
    await save('-l', 'site!=lon');
    disturb('db1');
    const { code, stdout, stderr } = await run(['apply', plan]);
    expect(stderr).toMatch(
      /^db1: the plan is stale: the table changed since the plan.*10\.77\.0\.0\/16.*\(STALE_PLAN\)\. Remedy: plan again.*\nnothing was written: 1 of 3 hosts did not pass the check\n$/,
    );
    expect([code, stdout, metrics()]).toEqual([5, '', [undefined, undefined, undefined]]);
    // The others still can be.
    expect(await run(['apply', plan, '--host', 'web*'])).toMatchObject({ code: 0, stderr: '' });
    expect(metrics()).toEqual([5, 5, undefined]);
  });

  it('without the check writes until it comes to the stale host', async () => {
    await save('-l', 'site!=lon');
    disturb('web2');
    const { code, stderr } = await run(['apply', plan, '--no-check']);
    expect(stderr).toMatch(/^web2: .*\((STALE_PLAN)\).*\nnot touched: db1\n$/);
    expect([code, metrics()]).toEqual([3, [5, undefined, undefined]]);
    expect(await run(['apply', plan, '--no-check', '--host', 'web2'])).toMatchObject({ code: 5 });
  });

  it('is refused by an agent that was started anew, before the first write or else at its turn', async () => {
    await save('-l', 'site=ams');
    await fleet.agent('web2').restart();
    const message = /^web2: .*its agent was started anew since the plan was made \(STALE_PLAN\)\. Remedy: plan again/;
    expect(await run(['apply', plan])).toMatchObject({ code: 5, stdout: '', stderr: expect.stringMatching(message) });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
    expect(await run(['apply', plan, '--no-check'])).toMatchObject({ code: 3, stderr: expect.stringMatching(message) });
    expect(metrics()).toEqual([5, undefined, undefined]);
  });

  it('is refused for a table that changed and changed back, where that can be seen', async () => {
    await save('-l', 'site=ams');
    const content = JSON.parse(readFileSync(plan, 'utf8'));
    content.hosts[1].revision = String(BigInt(content.hosts[1].revision) - 1n);
    writeFileSync(plan, JSON.stringify(content));
    const message = /^web2: the plan is stale: the table has revision \d+.*\(STALE_PLAN\)/;
    expect(await run(['apply', plan])).toMatchObject({ code: 5, stdout: '', stderr: expect.stringMatching(message) });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
    expect(await run(['apply', plan, '--no-check'])).toMatchObject({ code: 3, stderr: expect.stringMatching(message) });
    expect(await run(['apply', plan, '--no-check', '--host', 'web2'])).toMatchObject({ code: 5 });
    expect(metrics()).toEqual([5, undefined, undefined]);
  });

  it('is refused when its routes were edited', async () => {
    await save('--host', 'web1');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"metric": 5', '"metric": 6'));
    expect(await run(['apply', plan])).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/the change is not the one that was planned/),
    });
  });

  it('finds out before the first write that a host waits for a confirmation, or has not had its risks accepted', async () => {
    const other = await fleet.write(
      'other.yaml',
      'owner: other\nroutes: [{ prefix: 10.50.0.0/16, nextHop: 10.20.0.1, interface: Ethernet }]\n',
    );
    await run(['apply', '-f', other, '--inventory', fleet.inventory, '--host', 'web2', '--confirm-within', '10m']);
    await save('-l', 'site=ams');
    expect(await run(['apply', plan])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^web2: commit \S+ is not settled .*\(COMMIT_PENDING\).*\nnothing was written: 1 of 2 hosts /),
    });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
  });

  it('takes commit options, and confirms', async () => {
    await save('--host', 'web1');
    expect(await run(['apply', plan, '--confirm-within', '2m', '--confirm', '--comment', 'why'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^web1: 1 created; commit \S+ committed\n/),
    });
  });

  it('leaves out what could not be planned, and says so both times', async () => {
    const planned = await save();
    expect(planned).toMatchObject({ code: 3, stdout: expect.stringMatching(/\n4 hosts: 3 with changes, 1 failed; 3 to create\n$/) });
    expect(planned.stderr).toMatch(new RegExp(`^plan of 3 hosts, without off1 saved in ${plan}\\noff1: .*\\(UNREACHABLE\\)`));
    const applied = await run(['apply', plan]);
    expect(applied).toMatchObject({ code: 0, stderr: 'not in the plan: off1\n' });
    expect(metrics()).toEqual([5, 5, 5]);
    expect(await run(['apply', plan, '--all'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: off1 is not in the plan: it could not be planned \(UNREACHABLE\)\. Remedy: narrow/),
    });
  });

  it('is not saved when no host was planned', async () => {
    expect(await save('--host', 'off1')).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/^no plan was saved: not one host was planned\n/),
    });
    expect(await run(['apply', plan])).toMatchObject({ code: 64, stderr: expect.stringMatching(/cannot be read \(ENOENT\)/) });
  });

  it('is of the inventory that it was made with', async () => {
    await save('--host', 'web1');
    writeFileSync(fleet.inventory, `# a comment does not matter\n${readFileSync(fleet.inventory, 'utf8')}`);
    const narrower = await run(['apply', plan, '-l', 'site=fra']);
    expect(narrower).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: db1 is not in the plan: the plan is for other hosts/),
    });
    const byAddress = await run(['apply', plan, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
    expect(byAddress).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: the plan is of the inventory .*, not of addresses/),
    });
    const other = await fleet.write('other-fleet.yaml', readFileSync(fleet.inventory, 'utf8').replace('site: fra', 'site: par'));
    expect(await run(['apply', plan, '--inventory', other])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: the plan is of the inventory .*fleet\.yaml, not of .*other-fleet\.yaml: .* differ\. Remedy: /),
    });
    writeFileSync(fleet.inventory, readFileSync(other, 'utf8'));
    expect(await run(['apply', plan])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: the inventory .* changed since the plan was made/),
    });
    expect(metrics()[0]).toBeUndefined();
  });

  it('of an agent that was given by address goes to that address', async () => {
    const file = await fleet.write('routes.yaml', wanted);
    await run(['plan', '-f', file, '--out', plan, '--address', fleet.addressOf('web1'), ...fleet.tlsArgs]);
    expect(await run(['apply', plan, '--inventory', fleet.inventory, '--host', 'web1'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: the plan is of agents that were given by --address, not of an inventory/),
    });
    expect(await run(['apply', plan, '--address', fleet.addressOf('web2'), ...fleet.tlsArgs])).toMatchObject({ code: 64 });
    expect(await run(['apply', plan, ...fleet.tlsArgs])).toMatchObject({ code: 0, stderr: '' });
    expect(metrics()).toEqual([5, undefined, undefined]);
  });

  it.each([
    ['a file', ['-f', 'routes.yaml'], /^error: --file and a saved plan exclude each other/],
    [
      'other options of the plan',
      ['--destination', '8.8.8.8', '--continue-on-error', '--require-plan', 't'],
      /--require-plan, --destination, --continue-on-error and a saved plan/,
    ],
    ['names that no host has', ['--host', 'mail*'], /^error: no host is named "mail\*"/],
  ])('excludes %s', async (_what, args, message) => {
    await save('--host', 'web1');
    const { code, stdout, stderr } = await run(['apply', plan, ...args]);
    expect(stderr).toMatch(message);
    expect([code, stdout, metrics()[0]]).toEqual([64, '', undefined]);
  });

  it('is refused for what is no plan, and needs one or a file', async () => {
    const file = await fleet.write('routes.yaml', wanted);
    expect(await run(['apply', file])).toMatchObject({ code: 64, stderr: expect.stringMatching(/is no saved plan\. Remedy: .*-f/) });
    expect(await run(['apply'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/^error: neither a desired state nor a saved plan is given/),
    });
    expect(await run(['apply', '-f', file, '--no-check', '--all'])).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/--no-check is for a saved plan/),
    });
  });

  it('is not written over another file, of which nothing is lost', async () => {
    const file = await fleet.write('routes.yaml', wanted);
    const { code, stdout, stderr } = await run(['plan', '-f', file, '--out', file, '--inventory', fleet.inventory]);
    expect(stderr).toMatch(/^error: ".*routes\.yaml" is there and is no saved plan: it is left as it is\. Remedy: give another path/);
    expect([code, stdout, readFileSync(file, 'utf8')]).toEqual([64, '', wanted]);
  });

  it('is not made of a part of the hosts by whoever interrupts', async () => {
    const abort = new AbortController();
    const planning: Partial<RouteServiceServer> = {
      getAgent: (_call, callback) => callback(null, GetAgentResponse.fromPartial({ bootId: 'b', limits: {}, capabilities: {} })),
      planRoutes: (call) => {
        call.resume();
        call.on('end', () => {
          call.write({ summary: PlanSummary.fromPartial({ planToken: 't', creates: 1 }), steps: [] });
          call.end();
        });
      },
    };
    const hosts = await startFakeHosts(planning, { getAgent: () => abort.abort(new Error('interrupted')) });
    const file = await fleet.write('routes.yaml', wanted);
    const args = ['plan', '-f', file, '--out', plan, '--concurrency', '1'];
    expect(await hosts.run(args, { signal: abort.signal })).toMatchObject({
      code: 130,
      stdout: expect.stringMatching(/1 with changes, 1 failed/),
    });
    expect(existsSync(plan)).toBe(false);
  });

  it('is not applied after an interruption of the check', async () => {
    await save('-l', 'site=ams');
    const abort = new AbortController();
    abort.abort(new Error('interrupted'));
    expect(await run(['apply', plan], { signal: abort.signal })).toMatchObject({ code: 130, stdout: '' });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
  });
});
