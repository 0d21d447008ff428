import { spawnSync } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGateCommand } from '../../../../client/fleet/rollout/gate-command.js';

const facts = { rollout: 'r1', wave: 2, waves: 4, hosts: ['web1', 'web 2'] };

let directory: string;
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'routefleet-gate-')));
});
afterAll(() => rm(directory, { recursive: true }));

/** A program of Node.js, as a command of a shell. */
function node(program: string): string {
  return `"${process.execPath}" -e "${program}"`;
}

function ask(command: string, { timeoutMs = 60_000, signal = new AbortController().signal } = {}) {
  return runGateCommand({ command, directory }, facts, { timeoutMs, signal });
}

describe('the command of a gate', () => {
  it('opens it by exit code 0', async () => {
    expect(await ask(node('0'))).toBeUndefined();
  });

  it('is told the rollout in its environment, the confirmed hosts on its standard input, and runs where the rollout was begun', async () => {
    const program = `const { ROUTEFLEET_ROLLOUT, ROUTEFLEET_WAVE, ROUTEFLEET_WAVES } = process.env;
      console.log(JSON.stringify([ROUTEFLEET_ROLLOUT, ROUTEFLEET_WAVE, ROUTEFLEET_WAVES, process.cwd(), fs.readFileSync(0, 'utf8')]));
      process.exitCode = 1`;
    const told = JSON.stringify(['r1', '2', '4', directory, 'web1\nweb 2\n']);
    expect(await ask(node(program.replaceAll('\n', ' ')))).toMatchObject({ reason: 'GATE_CLOSED', message: expect.stringContaining(told) });
  });

  it('closes it by any other code, with its last words', async () => {
    const why = await ask(node("console.log('error rate'); console.error('4 %'); process.exitCode = 7"));
    expect(why?.message).toMatch(/ ended with code 7, and said: error rate \| 4 %$/);
    expect(why?.remedy).toBe(`run it by hand in ${directory}; it says by exit code 0 that the rollout may go on`);
  });

  it('closes it when it is no command', async () => {
    expect((await ask('no-such-command-here'))?.message).toMatch(
      /^the gate "no-such-command-here" ended with code 127, and said: .*not found/,
    );
    const nowhere = { command: 'exit 0', directory: join(directory, 'gone') };
    const why = await runGateCommand(nowhere, facts, { timeoutMs: 60_000, signal: new AbortController().signal });
    expect(why?.message).toBe('the gate "exit 0" cannot be started (ENOENT)');
  });

  it('is ended, with all that it started, when it takes too long', async () => {
    const why = await ask(`${node("console.log('waiting'); setInterval(() => {}, 1000)")} & echo $! ; wait`, { timeoutMs: 700 });
    expect(why?.message).toMatch(/ took longer than 700 ms and was ended, and said: /);
    const pid = Number(/said: (?:waiting \| )?(\d+)/.exec(why?.message ?? '')?.[1]);
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('is ended at once when nobody wants to know any more', async () => {
    const left = new AbortController();
    const asked = ask('echo $$ > pid; sleep 600', { signal: left.signal });
    setTimeout(() => left.abort(), 200);
    expect(await asked).toBeUndefined();
    expect(await ask('sleep 600', { signal: AbortSignal.abort() })).toBeUndefined();
  });

  it('is not waited for by what it left in the background', async () => {
    expect(await ask('sleep 5 & exit 3')).toMatchObject({ message: expect.stringContaining('ended with code 3, and said nothing') });
  });
});

/** False also of one that ended and that nobody asked about since. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
