import { rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RolloutFleet, rolloutIdIn, startRolloutFleet } from './rollout-fleet.js';
import { type CliRun, run } from './run.js';

let fleet: RolloutFleet;
let first: string;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, db1: {} });
  fleet.agent('db1').control.fail('CreateIpForwardEntry', { call: 'every', code: 5 });
  // One after the other: web2 would be cancelled if db1 failed first.
  const policy = ['--waves', '1,3', '--soak', '1ms', '--max-unreachable', '1', '--concurrency', '1'];
  const { stdout, code } = await fleet.begin(['--all', ...policy]).ended;
  expect(code).toBe(3);
  first = rolloutIdIn(stdout);
});
afterEach(() => fleet?.close());

function history(...args: readonly string[]): Promise<CliRun> {
  return run(['history', '--rollouts-dir', fleet.rolloutsDir, ...args]);
}

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

describe('history', () => {
  it('tells every rollout from who began it to how it ended', async () => {
    const { code, stdout } = await history();
    const me = `${userInfo().username}@${hostname()}`;
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^rollout ${first} of \\S*routes\\.yaml by ${me}: 3 hosts, 1, then 3; 0s apart$`));
    expect(stdout).toMatch(new RegExp(`^${time} wave 1 of 2: web1\n${time} web1: confirmed\n${time} wave 1 done`, 'm'));
    expect(stdout).toMatch(new RegExp(`^${time} db1: rolled back: .*ERROR_ACCESS_DENIED`, 'm'));
    expect(stdout).toMatch(/\nstopped: 1 host failed, 0 may \(TOO_MANY_FAILURES\); \d of 3 confirmed\n$/);
    expect(code).toBe(0);
  });

  it('tells of single hosts, without an inventory', async () => {
    expect((await history('--host', 'DB*')).stdout).toMatch(
      new RegExp(`^rollout ${first} of .*: 3 hosts; stopped: .*\n${time} db1: rolled back: .*\n$`),
    );
    expect(await history('--host', 'mail1')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('tells one rollout alone, as objects, and what happened since', async () => {
    await fleet.rollout('undo', first);
    const { stdout } = await history(first, '-o', 'ndjson', '--host', 'web1');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ofHost = events.filter(({ host }) => host !== undefined);
    expect(ofHost.map(({ host, event, outcome = '' }) => `${host} ${event} ${outcome}`)).toEqual([
      'web1 hostStarted ',
      'web1 hostConfirming ',
      'web1 hostEnded confirmed',
      'web1 undoStarted ',
      'web1 undoEnded undone',
    ]);
    expect((await history('--since', '1ms')).stdout).toBe('');
    expect((await history('--since', '7d')).stdout).toContain('web1: undone');
  });

  it('says which rollout cannot be read, and tells the others', async () => {
    await writeFile(join(fleet.rolloutsDir, first, 'journal'), 'nothing\n');
    expect(await history()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('ROLLOUT_DAMAGED') });
    await rm(fleet.rolloutsDir, { recursive: true });
    expect(await history()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('knows hosts by name alone', async () => {
    expect(await history('-l', 'site=ams')).toMatchObject({ code: 64, stderr: expect.stringContaining('choose with --host') });
    expect(await history('-o', 'csv')).toMatchObject({ code: 64 });
  });
});

describe('--limit', () => {
  const listed = async (...args: readonly string[]) =>
    run(['inventory', 'list', '--inventory', fleet.inventory, '--rollouts-dir', fleet.rolloutsDir, '-o', 'ndjson', ...args]);
  const namesIn = ({ stdout }: CliRun) => stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).host]));

  it('takes hosts by what became of them', async () => {
    expect(namesIn(await listed('--limit', 'failed@last'))).toEqual(['db1']);
    expect(namesIn(await listed('--limit', `unconfirmed@${first}`))).toContain('db1');
    expect(namesIn(await listed('--limit', `confirmed,failed@${first}`, '--host', 'web*'))).toContain('web1');
  });

  it('lets a rollout go on with the rest', async () => {
    fleet.agent('db1').control.clearFaults();
    expect(await fleet.begin(['--limit', 'unconfirmed@last', '--waves', '100%']).ended).toMatchObject({ code: 0 });
    expect(['web1', 'web2', 'db1'].map(fleet.metricOn)).toEqual([5, 5, 5]);
    expect(await listed('--limit', 'failed@last')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/no host of rollout \S+ is "failed@last"/),
    });
  });

  it.each([
    ['failed', /"failed" is not an outcome and a rollout\. Remedy: write "failed@last"/],
    [
      'broken@last',
      /"broken" is no outcome\. Remedy: .*outcomes are failed, unreachable, not-started, confirmed, undone, not-undone, unconfirmed/,
    ],
    ['failed@20200101-000000-abcdef', /there is no rollout "20200101-000000-abcdef" in/],
  ])('refuses %s', async (limit, message) => {
    expect(await listed('--limit', limit)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('narrows, and is not for --all', async () => {
    expect(await listed('--limit', 'failed@last', '--all')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('exclude each other'),
    });
  });
});
