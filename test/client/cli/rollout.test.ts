import { afterEach, describe, expect, it } from 'vitest';
import { type RolloutFleet, rolloutIdIn, routesYaml, startRolloutFleet, until } from './rollout-fleet.js';

let fleet: RolloutFleet | undefined;
afterEach(() => fleet?.close());

const names = ['web1', 'web2', 'web3', 'web4', 'web5'];

async function fleetOf(...more: Parameters<typeof startRolloutFleet>): Promise<RolloutFleet> {
  fleet = await startRolloutFleet(...more);
  return fleet;
}

const five = Object.fromEntries(names.map((name) => [name, {}]));

describe('rollout start', () => {
  it('changes all hosts, wave after wave, and shows plan, progress and result', async () => {
    const { begin, metricOn, rollout } = await fleetOf(five);
    const { code, stdout, stderr } = await begin(['--all', '--waves', '1,40%,100%', '--soak', '1ms', '--probe', 'gateway']).ended;
    expect([code, stderr]).toEqual([0, '']);
    const id = rolloutIdIn(stdout);
    const told = stdout.replaceAll(/\d\d:\d\d:\d\dZ/g, 'T');
    expect(told).toMatch(/^×5: web1, web2, web3 and 2 more\n {2}1 to create\n/);
    expect(told).toContain(`rollout ${id}: 5 hosts, 1, then 2, then 5; 0s apart\nwave 1 of 3: web1\nT web1: confirmed\nT wave 1 done;`);
    expect(told).toContain('T wave 2 of 3: web2\nT web2: confirmed\n');
    expect(told).toContain('T wave 3 of 3: 3 hosts, web3, web4, web5\n');
    expect(told).toMatch(/\ndone; 5 of 5 confirmed\nRESULT +COUNT +HOSTS +WHY\nconfirmed +5 +web1, web2, web3 and 2 more +-\n$/);
    for (const name of names) expect(metricOn(name)).toBe(5);

    expect((await rollout('show', id)).stdout).toMatch(
      /^rollout \S+ of \S+routes.yaml by \S+@\S+: done; 5 of 5 confirmed\nwaves: .*\nHOST .*\nweb1 +1 +confirmed/,
    );
    expect((await rollout('show', 'last')).stdout).toBe((await rollout('show', id)).stdout);
    expect((await rollout('list')).stdout).toMatch(
      /^ROLLOUT +FROM +BY +DRIVEN +STATE\n\d{8}-\S+ +\S+ +\S+@\S+ +- +done; 5 of 5 confirmed\n$/,
    );
    expect(JSON.parse((await rollout('list', '-o', 'json')).stdout)).toMatchObject([{ id, phase: 'ended', hosts: 5 }]);
    expect(await rollout('resume', id)).toMatchObject({ code: 0 });
    expect(await rollout('abort', id)).toMatchObject({ code: 0 });
  });

  it('stops a bad change at the canary, and touches no other host', async () => {
    const { begin, metricOn } = await fleetOf(five);
    const { code, stdout } = await begin(['--all', '--soak', '1ms', '--probe', 'best-route:10.9.1.1=10.20.0.1']).ended;
    expect(code).toBe(4);
    expect(stdout).toMatch(/web1: rolled back: .*\(PROBE_FAILED\)/);
    expect(stdout).toMatch(/stopping: 1 host failed, 0 may \(TOO_MANY_FAILURES\); no host is begun any more\n/);
    expect(stdout).toMatch(/\nnot started +4 +web2, web3, web4, web5 +-\n/);
    for (const name of names) expect(metricOn(name)).toBeUndefined();
  });

  it('undoes confirmed hosts as well when too many fail in a later wave, if it is to', async () => {
    const { agent, begin, metricOn } = await fleetOf(five);
    agent('web1').control.addRoute({ destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254', interfaceAlias: 'Ethernet', metric: 9 });
    for (const name of ['web3', 'web4']) agent(name).control.fail('CreateIpForwardEntry', { call: 1, code: 5 });
    const args = ['--all', '--waves', '1,100%', '--soak', '1ms', '--max-failures', '1', '--on-failure', 'undo', '--concurrency', '1'];
    const { code, stdout } = await begin(args).ended;
    expect(stdout).toMatch(/stopping: 2 hosts failed, 1 may \(TOO_MANY_FAILURES\)/);
    expect(stdout).toMatch(/undoing 2 hosts at once\n/);
    expect(stdout).toMatch(/\nundone +2 +web1, web2 +-\n/);
    expect(stdout).toMatch(/\nrolled back +2 +web3, web4 +web3: .*\n/);
    expect(stdout).toMatch(/\nnot started +1 +web5 +-\n/);
    expect(code).toBe(4);
    expect(names.map(metricOn)).toEqual([9, undefined, undefined, undefined, undefined]);
  });

  it('leaves confirmed hosts otherwise, until "rollout undo"', async () => {
    const { agent, begin, metricOn, rollout, write } = await fleetOf(five);
    // An agent that puts the row back by itself would leave nothing to see.
    await write('routes.yaml', `driftPolicy: report\n${routesYaml}`);
    agent('web3').control.fail('CreateIpForwardEntry', { call: 1, code: 5 });
    const { code, stdout } = await begin(['--all', '--waves', '2,100%', '--soak', '1ms', '--concurrency', '1']).ended;
    expect(code).toBe(3);
    expect(names.map(metricOn)).toEqual([5, 5, undefined, undefined, undefined]);
    agent('web2').control.setRoute({ destinationPrefix: '10.9.0.0/16', nextHop: '10.20.0.254', interfaceAlias: 'Ethernet', metric: 77 });

    const undo = await rollout('undo', rolloutIdIn(stdout));
    expect(undo.stdout).toMatch(/web1: undone\n/);
    expect(undo.stdout).toMatch(/web2: undone: left as they are, .*10\.9\.0\.0\/16 via 10\.20\.0\.254 \(FOREIGN_CHANGE\)/);
    expect(undo.code).toBe(0);
    expect(names.map(metricOn)).toEqual([undefined, 77, undefined, undefined, undefined]);
    expect(await rollout('undo', rolloutIdIn(stdout))).toMatchObject({ code: 0 });
  });

  it('counts unreachable hosts apart, and begins with those that can be reached', async () => {
    const { begin, metricOn } = await fleetOf({ web1: { down: true }, web2: {}, web3: {} });
    const refused = await begin(['--all', '--waves', '1,100%', '--soak', '1ms', '--max-failures', '5']).ended;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no rollout is begun: more hosts failed already than may') });
    const { code, stdout } = await begin(['--all', '--waves', '1,100%', '--soak', '1ms', '--max-unreachable', '1']).ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/wave 1 of 2: web2\n/);
    expect(stdout).toMatch(/\nunreachable +1 +web1 +.*\(UNREACHABLE\)/);
    expect(['web2', 'web3'].map(metricOn)).toEqual([5, 5]);
  });

  it('is not begun where no host could be planned, whatever number may be unreachable', async () => {
    const { begin } = await fleetOf({ web1: { down: true }, web2: { down: true } });
    const { code, stderr } = await begin(['--all', '--max-unreachable', '2']).ended;
    expect(stderr).toMatch(/^×2: web1, web2: .*\(UNREACHABLE\).*\nno rollout is begun: not one host could be planned\n$/);
    expect(code).toBe(69);
  });

  it('speaks of one host as of one', async () => {
    const { begin } = await fleetOf({ web1: {} });
    expect((await begin(['--all']).ended).stdout).toMatch(/\nrollout \S+: 1 host, 1 at once\n/);
  });

  it('does nothing where nothing is to be done, and tells events as ndjson', async () => {
    const { begin } = await fleetOf({ web1: {}, web2: {} });
    const { code, stdout } = await begin(['--all', '--soak', '1ms', '-o', 'ndjson']).ended;
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'phase', phase: 'running', wave: 1 });
    expect(events.filter(({ event }) => event === 'hostEnded')).toMatchObject([
      { host: 'web1', outcome: 'confirmed', mayStand: true },
      { host: 'web2', outcome: 'confirmed', mayStand: true },
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'phase', phase: 'ended', hosts: { confirmed: 2 } });
    expect(await begin(['--all']).ended).toMatchObject({ code: 0, stderr: 'no rollout is begun: there is nothing to do\n' });
  });

  it('draws how far a wave is at the end of a terminal', async () => {
    const { begin } = await fleetOf({ web1: {}, web2: {} });
    const { stderr } = await begin(['--all', '--waves', '1,2', '--soak', '1ms'], { interactive: true }).ended;
    expect(stderr).toContain('\rwave 1 of 2: 0 of 1 done, 1 in flight\u001b[K');
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('refuses a host whose table changed after the plan', async () => {
    const { agent, begin, metricOn, rollout } = await fleetOf({ web1: {}, web2: {} });
    const live = begin(['--all', '--waves', '1,2', '--promote', 'manual']);
    await until(() => live.stdout.includes('when it is promoted'));
    agent('web2').control.addRoute({ destinationPrefix: '10.99.0.0/16', nextHop: '10.20.0.254', interfaceAlias: 'Ethernet', metric: 1 });
    await rollout('promote', rolloutIdIn(live.stdout));
    const { code, stdout } = await live.ended;
    expect(stdout).toMatch(/web2: failed: .*\(STALE_PLAN\)/);
    expect([code, metricOn('web2')]).toEqual([3, undefined]);
  });

  it.each([
    [['--waves', '50%,10%'], /wave "10%" is not larger than "50%" before it\. Remedy: /],
    [['--waves', 'all'], /"all" is no size of a wave/],
    [['--promote', 'manual', '--soak', '1s'], /exclude each other/],
    [['--max-failures', 'x'], /--max-failures is not a whole number/],
    [['-o', 'json'], /has no form for this command/],
    [['--request-id', 'r1'], /--request-id is not for rollouts/],
  ])('refuses %j before any host is asked', async (args, told) => {
    const { begin } = await fleetOf({ web1: { down: true } });
    expect(await begin(['--all', ...args]).ended).toMatchObject({ code: 64, stderr: expect.stringMatching(told) });
  });

  it('knows no rollout that is not there', async () => {
    const { rollout } = await fleetOf({ web1: { down: true } });
    expect(await rollout('show', 'nothing')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/there is no rollout "nothing" in .* Remedy: see "routefleet rollout list"/),
    });
    expect(await rollout('show', '../x')).toMatchObject({ code: 64 });
    expect(await rollout('show', 'last')).toMatchObject({ code: 64, stderr: expect.stringContaining('there is no rollout "last"') });
    expect(await rollout('list')).toMatchObject({ code: 0, stderr: '' });
  });
});
