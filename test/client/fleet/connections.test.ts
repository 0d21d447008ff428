import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { countHandshakes, countOpen } from '../../support/connection-count.js';
import { planChange, rollOutChange } from '../../support/roll-out-fleet.js';
import { eventually } from '../support/eventually.js';
import { startFleet, type TestHost } from '../test-fleet.js';

const names = Array.from({ length: 40 }, (_, index) => `h${index + 1}`);
const concurrency = 8;

it('a change of 40 hosts has few connections at once, makes no more than it needs, and leaves none', async () => {
  const fleet = await startFleet(Object.fromEntries(names.map((name): [string, TestHost] => [name, {}])));
  onTestFinished(() => fleet.close());
  const routes = ['10.9.0.0/16', '10.8.0.0/16'].map((prefix) => `  - { prefix: ${prefix}, nextHop: 10.20.255.254 }\n`);
  const desiredState = await fleet.write('routes.yaml', `owner: team\nroutes:\n${routes.join('')}`);
  const [open, handshakes] = [countOpen('client'), countHandshakes()];
  onTestFinished(open.stop);
  onTestFinished(handshakes.stop);
  const filesBefore = openFiles();

  const { inventory, directory } = fleet;
  const planned = await planChange({ inventory, desiredState, store: join(directory, 'rollouts'), concurrency });
  expect([planned.operations, open.most, open.now]).toEqual([2 * names.length, concurrency, 0]);

  const { hosts } = await rollOutChange(planned);
  expect(new Set([...hosts.values()].map(({ status }) => status))).toEqual(new Set(['confirmed']));
  // Of each host in work: its connection, the new one that confirms, and one before them that is still being closed.
  expect(open.most).toBeLessThanOrEqual(3 * concurrency);
  await eventually(() => open.now).toBe(0);
  await eventually(() => openFiles()).toBeLessThanOrEqual(filesBefore);

  // One for the plan, one for the change, a new one to confirm it; and one for each look at what was confirmed, before waves of 4 and of 40 hosts.
  const handshakesOf = (name: string) => handshakes.byPort.get(Number(fleet.addressOf(name).split(':')[1]));
  expect(names.map(handshakesOf)).toEqual([5, 4, 4, 4, ...names.slice(4).map(() => 3)]);
});

/** File descriptors of this process but for the audit logs, which agents keep open; 0 where the system does not list them. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').filter((name) => !linkOf(name).includes('/audit/')).length;
  } catch {
    return 0;
  }
}

/** Empty for one that was closed meanwhile. */
function linkOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return '';
  }
}
