import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RolloutFleet, startRolloutFleet } from './rollout-fleet.js';
import { run } from './run.js';

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, web3: {} });
});
afterEach(() => fleet?.close());

const program = fileURLToPath(new URL('../../support/killed-cli.ts', import.meta.url));

/** Three synced writes make a rollout; then each host has "started", "confirming" and "ended". */
const syncOf = { started: 4, confirming: 5, ended: 6, soaked: 7, secondStarted: 8, secondConfirming: 9 } as const;

async function startAndDie(how: 'before' | 'after' | 'torn', at: number): Promise<string> {
  const args = [how, String(at), ...fleet.startArgs, '--all', '--waves', '1,100%', '--soak', '1ms', '--concurrency', '1'];
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args, '--confirm-within', '1h'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, 'exit');
  expect([code, signal, text]).toEqual([null, 'SIGKILL', expect.any(String)]);
  const [id = ''] = await readdir(fleet.rolloutsDir);
  return id;
}

/** How many commits each host has written. */
async function commits(): Promise<readonly number[]> {
  const { stdout } = await run(['commit', 'list', '--inventory', fleet.inventory, '-o', 'json']);
  const rows: readonly { readonly host: string }[] = JSON.parse(stdout);
  return ['web1', 'web2', 'web3'].map((name) => rows.filter(({ host }) => host === name).length);
}

it.each([
  ['after', 'started'],
  ['torn', 'confirming'],
  ['before', 'confirming'],
  ['after', 'confirming'],
  ['torn', 'ended'],
  ['after', 'ended'],
  ['after', 'secondConfirming'],
] as const)('a controller that is killed (%s "%s" is on disk) is followed by one that applies nothing twice', async (how, step) => {
  const id = await startAndDie(how, syncOf[step]);
  const { code, stdout } = await fleet.rollout('resume', id);
  expect(stdout).toContain('done; 3 of 3 confirmed\n');
  expect(code).toBe(0);
  expect(['web1', 'web2', 'web3'].map(fleet.metricOn)).toEqual([5, 5, 5]);
  expect(await commits()).toEqual([1, 1, 1]);
});

it('what a killed controller left pending is cancelled by an abort', async () => {
  const id = await startAndDie('torn', syncOf.confirming);
  expect(fleet.metricOn('web1')).toBe(5);
  const { code, stdout } = await fleet.rollout('abort', id);
  expect(stdout).toMatch(/web1: rolled back: .*\(COMMIT_CANCELLED\)/);
  expect([code, fleet.metricOn('web1'), ...(await commits())]).toEqual([4, undefined, 1, 0, 0]);
});
