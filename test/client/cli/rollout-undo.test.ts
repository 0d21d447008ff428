import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RolloutFleet, rolloutIdIn, startRolloutFleet } from './rollout-fleet.js';
import { run } from './run.js';

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {} });
});
afterEach(() => fleet?.close());

const via = ['--next-hop', '10.20.0.254', '--interface', 'Ethernet'];

async function add(prefix: string, ...args: readonly string[]): Promise<void> {
  const { code } = await run(['routes', 'add', prefix, ...via, '--inventory', fleet.inventory, ...args]);
  expect(code).toBe(0);
}

/** The rows of the test with everything that a rollout may change of them, by prefix. */
async function rows(): Promise<readonly object[]> {
  const { stdout } = await run(['routes', 'list', '--within', '10.8.0.0/14', '--inventory', fleet.inventory, '-o', 'json']);
  const found: readonly Record<string, unknown>[] = JSON.parse(stdout);
  return found
    .map(({ destinationPrefix, metric, owner, persistent, publish }) => ({ destinationPrefix, metric, owner, persistent, publish }))
    .sort((a, b) => String(a.destinationPrefix).localeCompare(String(b.destinationPrefix)));
}

it('restores rows with metric, owner and persistence, whatever was done to them and whoever had them', async () => {
  await add('10.8.0.0/16', '--metric', '4', '--owner', 'team-net');
  await add('10.9.0.0/16', '--metric', '3', '--owner', 'other', '--persistent');
  await add('10.10.0.0/16', '--metric', '9');
  await add('10.11.0.0/16', '--metric', '1', '--owner', 'team-net', '--persistent');
  const before = await rows();
  const hop = 'nextHop: 10.20.0.254, interface: Ethernet';
  const wanted = [
    `{ prefix: 10.9.0.0/16, ${hop}, metric: 5 }`,
    `{ prefix: 10.10.0.0/16, ${hop}, metric: 6 }`,
    `{ prefix: 10.11.0.0/16, ${hop}, metric: 1, persistent: false }`,
  ];
  await fleet.write('routes.yaml', `owner: team-net\nroutes: [${wanted.join(', ')}]\n`);

  const refused = await fleet.begin([]).ended;
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('(RISK_NOT_ACCEPTED)') });
  expect(await rows()).toEqual(before);

  const { code, stdout } = await fleet.begin(['--accept-risk', 'other-owner']).ended;
  expect(code).toBe(0);
  expect(await rows()).toEqual([
    { destinationPrefix: '10.10.0.0/16', metric: 6, owner: 'team-net', persistent: true, publish: false },
    { destinationPrefix: '10.11.0.0/16', metric: 1, owner: 'team-net', persistent: false, publish: false },
    { destinationPrefix: '10.9.0.0/16', metric: 5, owner: 'team-net', persistent: true, publish: false },
  ]);

  const undo = await fleet.rollout('undo', rolloutIdIn(stdout));
  expect(undo).toMatchObject({ code: 0, stdout: expect.stringMatching(/done; 0 of 1 confirmed, 1 undone\n[\s\S]*\nundone +1 +web1 +-\n/) });
  expect(await rows()).toEqual(before);
});

it('gives back a row that it made its own without changing it', async () => {
  await add('10.9.0.0/16', '--metric', '5');
  await add('10.8.0.0/16', '--metric', '4', '--owner', 'team-net');
  const before = await rows();
  const { stdout } = await fleet.begin([]).ended;
  expect(await rows()).toMatchObject([{ destinationPrefix: '10.9.0.0/16', metric: 5, owner: 'team-net' }]);
  expect(await fleet.rollout('undo', rolloutIdIn(stdout))).toMatchObject({ code: 0 });
  expect(await rows()).toEqual(before);
});
