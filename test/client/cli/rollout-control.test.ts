import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../client/cli/run-cli.js';
import { type RolloutFleet, rolloutIdIn, startRolloutFleet, until } from './rollout-fleet.js';

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet({ web1: {}, web2: {}, web3: {} });
});
afterEach(() => fleet?.close());

const inThree = ['--all', '--waves', '1,2,3'] as const;

function metrics(): readonly (number | undefined)[] {
  return ['web1', 'web2', 'web3'].map(fleet.metricOn);
}

describe('a rollout that runs, from another terminal', () => {
  it('is shown, paused, resumed and promoted', async () => {
    const live = fleet.begin([...inThree, '--promote', 'manual']);
    await until(() => live.stdout.includes('wave 1 done'));
    const id = rolloutIdIn(live.stdout);
    expect((await fleet.rollout('show', id)).stdout).toContain('wave 1 of 3 done, to be promoted; 1 of 3 confirmed; a process drives it');
    expect(await fleet.rollout('pause', id)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^told the process that drives \S+: .*, paused/),
    });
    await until(() => live.stdout.includes('paused: no host is begun'));
    expect(metrics()).toEqual([5, undefined, undefined]);
    expect((await fleet.rollout('resume', id)).stdout).toMatch(/^told the process/);
    expect((await fleet.rollout('promote', id)).stdout).toMatch(/^told the process/);
    await until(() => live.stdout.includes('wave 2 done'));
    expect(metrics()).toEqual([5, 5, undefined]);
    await fleet.rollout('promote', id);
    expect(await live.ended).toMatchObject({ code: 0 });
    expect(metrics()).toEqual([5, 5, 5]);
  });

  it('is aborted, which leaves what is confirmed', async () => {
    const live = fleet.begin([...inThree, '--promote', 'manual']);
    await until(() => live.stdout.includes('wave 1 done'));
    await fleet.rollout('abort', rolloutIdIn(live.stdout));
    const { code, stdout } = await live.ended;
    expect(stdout).toMatch(/\nstopped: somebody aborted it \(ABORTED\); 1 of 3 confirmed\n/);
    expect([code, ...metrics()]).toEqual([3, 5, undefined, undefined]);
  });

  it('is undone', async () => {
    const live = fleet.begin([...inThree, '--soak', '1h']);
    await until(() => live.stdout.includes('wave 1 done'));
    await fleet.rollout('undo', rolloutIdIn(live.stdout));
    const { code, stdout } = await live.ended;
    expect(stdout).toMatch(/web1: undone\n/);
    expect([code, ...metrics()]).toEqual([4, undefined, undefined, undefined]);
  });
});

describe('a rollout after Ctrl-C', () => {
  async function interrupted(...args: readonly string[]): Promise<string> {
    const interruption = new AbortController();
    const live = fleet.begin([...inThree, ...args], { signal: interruption.signal });
    await until(() => live.stdout.includes('wave 1 done'));
    interruption.abort();
    const { code, stdout, stderr } = await live.ended;
    const id = rolloutIdIn(stdout);
    expect([code, stderr]).toEqual([130, `not done yet; go on with: routefleet rollout resume ${id}\n`]);
    return id;
  }

  it('goes on where it was', async () => {
    const id = await interrupted('--promote', 'manual');
    expect(await fleet.rollout('promote', id)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^noted; nobody drives it now: wave 1 of 3 done, at the gate; /),
    });
    expect((await fleet.rollout('pause', id)).stdout).toMatch(/^noted; nobody drives it now: wave 1 of 3 done, paused, at the gate/);
    expect((await fleet.rollout('pause', id)).stdout).toMatch(/^this changes nothing/);
    const told = await fleet.rollout('pause', id, '-o', 'ndjson');
    expect(JSON.parse(told.stdout)).toMatchObject({ rollout: id, event: 'phase', phase: 'atGate', wave: 1, paused: true });
    expect(metrics()).toEqual([5, undefined, undefined]);
    const resumed = fleet.rollout('resume', id);
    await until(() => fleet.metricOn('web2') === 5);
    await until(async () => (await fleet.rollout('show', id)).stdout.includes('wave 2 of 3 done'));
    await fleet.rollout('promote', id);
    expect(await resumed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/taken over;[\s\S]*goes on\n[\s\S]*\ndone; 3 of 3 confirmed\n/),
    });
    expect(metrics()).toEqual([5, 5, 5]);
  });

  it('lets a host in flight finish first', async () => {
    const interruption = new AbortController();
    const texts = { stdout: '', stderr: '' };
    const stdout = {
      write(text: string) {
        texts.stdout += text;
        if (text.includes('"hostStarted"')) interruption.abort();
      },
    };
    const stderr = {
      write(text: string) {
        texts.stderr += text;
      },
    };
    const io = { stdout, stderr, color: { stdout: false, stderr: false }, signal: interruption.signal };
    expect(await runCli([...fleet.startArgs, ...inThree, '-o', 'ndjson'], io)).toBe(130);
    expect(texts.stderr).toMatch(
      /^1 host that is in flight is finished first; Ctrl-C again leaves it to its own timer; "routefleet rollout resume \S+" then goes on\nnot done yet; /,
    );
    expect(metrics()).toEqual([5, undefined, undefined]);
    expect(await fleet.rollout('undo', rolloutIdIn(texts.stdout))).toMatchObject({ code: 0 });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
  });

  it('says how to go on when its journal cannot be written any more', async () => {
    const live = fleet.begin([...inThree, '--promote', 'manual']);
    await until(() => live.stdout.includes('wave 1 done'));
    const id = rolloutIdIn(live.stdout);
    const file = await open(join(fleet.rolloutsDir, id, 'journal'));
    const sync = vi.spyOn(Object.getPrototypeOf(file), 'sync').mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    await file.close();
    try {
      await fleet.rollout('promote', id);
      const { code, stderr } = await live.ended;
      expect(stderr).toContain(`go on with: routefleet rollout resume ${id}\nerror: the journal of the rollout cannot be used (ENOSPC)`);
      expect([code, ...metrics()]).toEqual([1, 5, undefined, undefined]);
      // Resuming could go on with what was to be undone.
      expect((await fleet.rollout('undo', id)).stderr).toContain(`go on with: routefleet rollout undo ${id}\n`);
    } finally {
      sync.mockRestore();
    }
    expect(await fleet.rollout('undo', id)).toMatchObject({ code: 0 });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
  });

  it('can be aborted or undone without going on', async () => {
    const first = await interrupted('--soak', '1h');
    expect(await fleet.rollout('abort', first)).toMatchObject({ code: 3 });
    expect(metrics()).toEqual([5, undefined, undefined]);
    expect(await fleet.rollout('undo', first)).toMatchObject({ code: 0 });
    expect(metrics()).toEqual([undefined, undefined, undefined]);
    expect(await fleet.rollout('promote', first)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^this changes nothing: stopped/),
    });
  });
});
