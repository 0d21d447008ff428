import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { rollOut } from '../../../../client/fleet/examples/roll-out.js';
import { formatPrefix } from '../../../../proto/prefix.js';
import { startFleet } from '../../test-fleet.js';

it('the example does what it says, and undoes it when a host fails', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const fleet = await startFleet({ web1: {}, web2: {}, web3: {} });
  onTestFinished(async () => {
    log.mockRestore();
    await fleet.close();
  });
  const desiredState = await fleet.write('routes.yaml', 'owner: team\nroutes:\n  - { prefix: 10.9.0.0/16, nextHop: 10.20.0.254 }\n');
  const store = join(fleet.directory, 'rollouts');
  const state = await rollOut({ inventory: fleet.inventory, desiredState, store });
  expect(state.phase).toBe('ended');
  expect([...state.hosts.values()].map(({ status }) => status)).toEqual(['confirmed', 'confirmed', 'confirmed']);

  const next = await fleet.write('more.yaml', 'owner: team\nroutes:\n  - { prefix: 10.8.0.0/16, nextHop: 10.20.0.254 }\n');
  for (const name of ['CreateIpForwardEntry', 'CreateIpForwardEntry2'] as const) {
    fleet.agent('web2').control.fail(name, { call: 'every', code: 5 });
  }
  const stopped = await rollOut({ inventory: fleet.inventory, desiredState: next, store });
  expect(stopped.stop?.reason).toBe('TOO_MANY_FAILURES');
  expect(stopped.hosts.get('web1')?.status).toBe('undone');
  expect(stopped.hosts.get('web2')?.status).toBe('rolledBack');
  const prefixes = ['web1', 'web2', 'web3'].map((name) =>
    fleet
      .agent(name)
      .control.routes()
      .map(({ destinationPrefix }) => formatPrefix(destinationPrefix)),
  );
  expect(prefixes.map((all) => [all.includes('10.9.0.0/16'), all.includes('10.8.0.0/16')])).toEqual([
    [true, false],
    [true, false],
    [true, false],
  ]);
});
