import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCli } from './cli-process.js';
import { type RolloutFleet, rolloutIdIn, startRolloutFleet, until } from './rollout-fleet.js';

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, web3: {} });
});
afterEach(() => fleet?.close());

it.each([
  ['nobody reads the output any more', (child: ReturnType<typeof startCli>['child']) => child.stdout?.destroy()],
  ['the terminal is closed', (child: ReturnType<typeof startCli>['child']) => child.kill('SIGHUP')],
])('a rollout finishes the hosts in flight and can be resumed when %s', async (_what, lose) => {
  const { child, ended } = startCli([...fleet.startArgs, '--all', '--waves', '1,2,3', '--soak', '50ms']);
  let stdout = '';
  child.stdout?.on('data', (text) => {
    stdout += text;
  });
  await until(() => stdout.includes('\nwave 1 of 3'));
  lose(child);
  const { code, signal, stderr } = await ended;
  expect([code, signal]).toEqual([130, null]);
  const id = rolloutIdIn(stdout);
  expect(stderr).toContain(`go on with: routefleet rollout resume ${id}\n`);
  const shown = await fleet.rollout('show', id);
  expect(shown.stdout).not.toMatch(/applying|confirming/);
  expect(await fleet.rollout('resume', id)).toMatchObject({ code: 0 });
  expect(['web1', 'web2', 'web3'].map(fleet.metricOn)).toEqual([5, 5, 5]);
});
