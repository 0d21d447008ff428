import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../../agent/config-error.js';
import { acquireSingleInstance, type SingleInstance } from '../../../agent/host/single-instance.js';
import { createCleanup } from '../../support/cleanup.js';
import { createTemporaryDirectory } from '../../support/temporary.js';

const cleanup = createCleanup();
let directory: string;
beforeEach(async () => {
  directory = await createTemporaryDirectory('single');
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
});
afterEach(() => cleanup.run());

async function acquire(path = directory): Promise<SingleInstance> {
  const instance = await acquireSingleInstance(path);
  cleanup.defer(() => instance.release());
  return instance;
}

/** Another process that takes the directory. */
async function startHolder(launcher: readonly string[] = [], ...args: string[]): Promise<{ child: ChildProcess; answer: string }> {
  const [program = '', ...rest] = [
    ...launcher,
    process.execPath,
    '--import',
    'tsx',
    'test/agent/host/single-instance-holder.ts',
    directory,
    ...args,
  ];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup.defer(() => child.kill('SIGKILL'));
  const [answer] = await once(child.stdout, 'data');
  return { child, answer: String(answer).trim() };
}

it('lets in one of a directory, by whatever path', async () => {
  const first = await acquire();
  await symlink(directory, `${directory}-link`);
  cleanup.defer(() => rm(`${directory}-link`));
  for (const path of [directory, `${directory}-link`]) {
    await expect(acquire(path)).rejects.toThrow(ConfigError);
    await expect(acquire(path)).rejects.toThrow(`another agent uses the state directory ${path}`);
  }
  const other = await createTemporaryDirectory('single');
  cleanup.defer(() => rm(other, { recursive: true }));
  await acquire(other);
  await first.release();
  expect(await readdir(directory)).toEqual([]);
  await acquire();
});

it('is taken back by the kernel when the process is killed', async () => {
  const { child, answer } = await startHolder();
  expect(answer).toBe('held');
  await expect(acquire()).rejects.toThrow('another agent uses');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await acquire();
});

it('lets in one of several that start at once, over what a killed one left', async () => {
  const { child } = await startHolder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => acquire()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('keeps other processes out, and no process alive', async () => {
  await acquire();
  expect((await startHolder()).answer).toBe('ConfigError');
  const other = await createTemporaryDirectory('single');
  cleanup.defer(() => rm(other, { recursive: true }));
  directory = other;
  const { child, answer } = await startHolder([], 'leave');
  expect(answer).toBe('held');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

const unshare = ['unshare', '--user', '--map-root-user', '--net'];
const mayUnshare = spawnSync('unshare', [...unshare.slice(1), 'true']).status === 0;
it.skipIf(!mayUnshare)(`keeps out one in another network namespace${mayUnshare ? '' : ' (skipped: none can be made here)'}`, async () => {
  const { child, answer } = await startHolder(unshare);
  expect(answer).toBe('held');
  await expect(acquire()).rejects.toThrow('another agent uses');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await acquire();
  expect((await startHolder(unshare)).answer).toBe('ConfigError');
});

it.skipIf(process.platform === 'win32')('ends connections, and goes on', async () => {
  await acquire();
  for (let turn = 0; turn < 3; turn++) await once(connect(join(directory, 'agent.sock')).resume(), 'close');
  await expect(acquire()).rejects.toThrow('another agent uses');
});

it.skipIf(process.platform === 'win32')('refuses a path that Node.js would cut', async () => {
  const deep = join(directory, 'd'.repeat(100));
  await mkdir(deep);
  await expect(acquire(deep)).rejects.toThrow(/cannot be locked .* longer than 103 bytes/);
  expect(await readdir(deep)).toEqual([]);
});
