import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RolloutFleet, startRolloutFleet } from './rollout-fleet.js';
import { run } from './run.js';

let fleet: RolloutFleet;
let plan: string;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, web3: {} });
  plan = join(fleet.directory, 'plan.json');
  const file = join(fleet.directory, 'routes.yaml');
  expect(await run(['plan', '-f', file, '--inventory', fleet.inventory, '--all', '--out', plan])).toMatchObject({ code: 2 });
});
afterEach(() => fleet?.close());

it('rolls out exactly what was planned, to hosts that the plan names', async () => {
  const { code, stdout } = await fleet.rollout('start', plan, '--waves', '1,100%', '--soak', '1ms');
  expect(stdout).toMatch(/^rollout \S+: 3 hosts[\s\S]*done; 3 of 3 confirmed/);
  expect(code).toBe(0);
  expect(['web1', 'web2', 'web3'].map(fleet.metricOn)).toEqual([5, 5, 5]);
});

it('to some of them, and refuses a plan that is stale', async () => {
  fleet
    .agent('web2')
    .control.addRoute({ destinationPrefix: '10.99.0.0/16', nextHop: '10.20.0.254', interfaceAlias: 'Ethernet', metric: 1 });
  const stale = await fleet.rollout('start', plan, '--inventory', fleet.inventory, '--host', 'web2');
  expect(stale).toMatchObject({
    code: 5,
    stdout: '',
    stderr: expect.stringMatching(
      /web2: .*10\.99\.0\.0\/16.*\(STALE_PLAN\)[\s\S]*nothing was written: 1 of 1 host did not pass the check\n$/,
    ),
  });
  expect(await fleet.rollout('start', plan, '--inventory', fleet.inventory, '--host', 'web3')).toMatchObject({ code: 0 });
  expect(['web1', 'web2', 'web3'].map(fleet.metricOn)).toEqual([undefined, undefined, 5]);
});

it('wants a plan or a desired state, and not both', async () => {
  expect(await fleet.rollout('start')).toMatchObject({ code: 64, stderr: expect.stringContaining('either a saved plan or -f') });
  expect(await fleet.rollout('start', plan, '-f', 'routes.yaml')).toMatchObject({ code: 64 });
});

it('looks at all hosts before it begins: one that is stale stops it, one that is unreachable counts as such', async () => {
  await fleet.agent('web1').close();
  const start = () => fleet.rollout('start', plan, '--waves', '1,100%', '--soak', '1ms', '--max-unreachable', '1');
  const { code, stdout, stderr } = await start();
  expect(stderr).toMatch(/^web1: /);
  expect(stdout).toMatch(/wave 1 of 2: web2\n[\s\S]*web1: unreachable[\s\S]*done; 2 of 3 confirmed\n/);
  expect(code).toBe(3);
  expect(await start()).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('3 of 3 hosts did not pass the check') });
  expect(['web2', 'web3'].map(fleet.metricOn)).toEqual([5, 5]);
});

it('is not begun when more hosts are unreachable than may be', async () => {
  await fleet.agent('web3').close();
  const { code, stderr } = await fleet.rollout('start', plan);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/web3: [\s\S]*no rollout is begun: more hosts failed already than may\n$/)]);
  expect(['web1', 'web2'].map(fleet.metricOn)).toEqual([undefined, undefined]);
});
