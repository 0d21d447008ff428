import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFleet, type TestFleet } from '../test-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: TestFleet;
let file: string;
beforeAll(async () => {
  fleet = await startFleet({ web1: {}, web2: {}, db1: {}, off1: { down: true } });
  const row = (prefix: string) => `{ prefix: ${prefix}, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }`;
  // Agents that only report do not repair what the test breaks.
  file = await fleet.write(
    'routes.yaml',
    `owner: team-net\ndriftPolicy: report\nsections:\n  - { hosts: "*", routes: [${row('10.9.0.0/16')}, ${row('10.8.0.0/16')}] }\n`,
  );
});
afterAll(() => fleet?.close());

function drift(...args: readonly string[]): Promise<CliRun> {
  return run(['drift', '-f', file, '--inventory', fleet.inventory, ...args]);
}

const edit = (destinationPrefix: string) => ({ destinationPrefix, nextHop: '10.20.0.254', interfaceAlias: 'Ethernet' });
const up = ['--host', 'web*', '--host', 'db1'];

/** One story, in order. */
describe('drift', () => {
  it('is all of it before anything was applied, and nothing afterwards', async () => {
    const before = await drift(...up);
    expect(before).toMatchObject({ code: 2, stderr: '' });
    expect(before.stdout).toMatch(
      /^×3: web1, web2, db1\n {2}2 missing\n {2}\+ 10\.9\.0\.0\/16 .*\n {2}\+ 10\.8\.0\.0\/16 .*\n3 hosts: 3 with drift; 6 missing\n$/,
    );
    expect((await run(['apply', '-f', file, '--inventory', fleet.inventory, ...up])).code).toBe(0);
    expect(await drift(...up)).toEqual({
      code: 0,
      stdout: '×3: web1, web2, db1\n  as desired\n3 hosts: as desired, 6 unchanged\n',
      stderr: '',
    });
  });

  it('is told once for hosts that are alike, with one line per kind', async () => {
    for (const name of ['web1', 'web2']) {
      fleet.agent(name).control.deleteRoute(edit('10.9.0.0/16'));
      fleet.agent(name).control.setRoute({ ...edit('10.8.0.0/16'), metric: 7 });
    }
    const { code, stdout, stderr } = await drift(...up);
    expect(stdout).toMatch(
      /^×2: web1, web2\n {2}1 missing, 1 different\n {2}\+ 10\.9\.0\.0\/16 .*\n {2}~ 10\.8\.0\.0\/16 .*metric 7 -> 5\ndb1\n {2}as desired\n3 hosts: 2 with drift, 1 as desired; 2 missing, 2 different, 2 unchanged\n$/,
    );
    expect([code, stderr]).toEqual([2, '']);
  });

  it('names what the owner has and should not have', async () => {
    const none = await fleet.write('none.yaml', 'owner: team-net\nroutes: []\n');
    const { code, stdout } = await run(['drift', '-f', none, '--inventory', fleet.inventory, '--host', 'db1']);
    expect(stdout).toMatch(/^db1: 2 surplus\n {2}deleted:\n {2}- 10\.9\.0\.0\/16 .*\n {2}- 10\.8\.0\.0\/16 .*\n$/);
    expect(code).toBe(2);
  });

  it('of hosts that answer is shown when others are down', async () => {
    const { code, stdout, stderr } = await drift();
    expect(stdout).toMatch(/\n4 hosts: 2 with drift, 1 as desired, 1 failed; /);
    expect(stderr).toMatch(/^off1: .*\(UNREACHABLE\)\. Remedy: /);
    expect(code).toBe(3);
    expect((await drift('--host', 'off1')).code).toBe(69);
  });

  it('is one document per host for machines', async () => {
    const { code, stdout } = await drift('-o', 'ndjson', '--host', 'web1', '--host', 'db1');
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents).toMatchObject([
      { host: 'web1', creates: 1, sets: 1, deletes: 0, steps: [{ kind: 'create' }, { kind: 'set' }] },
      { host: 'db1', creates: 0, unchanged: 2 },
    ]);
    expect(code).toBe(2);
  });

  it('writes nothing', async () => {
    const calls = () => ['web1', 'web2', 'db1'].map((name) => fleet.agent(name).control.calls('CreateIpForwardEntry'));
    const before = calls();
    await drift();
    expect(calls()).toEqual(before);
  });
});
