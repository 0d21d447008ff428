import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../config-error.js';
import { dataDirectory } from './windows/known-paths.js';

/** Where the agent keeps its memory when nothing else is configured. */
export function defaultStateDirectory(platform: NodeJS.Platform = process.platform, onWindows: () => string = dataDirectory): string {
  return platform === 'win32' ? onWindows() : '/var/lib/routefleet';
}

/**
 * Makes the state directory if there is none, and proves that files in it reach the disk.
 *
 * @returns its path without symbolic links
 * @throws ConfigError
 */
export async function prepareStateDirectory(path: string): Promise<string> {
  try {
    await makeDirectory(path);
  } catch (cause) {
    throw unusable(path, (cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'is not a directory' : 'cannot be made', cause);
  }
  const real = await realpath(path);
  try {
    await writeProbe(join(real, `probe-${randomUUID()}`));
  } catch (cause) {
    throw unusable(path, 'cannot be written', cause);
  }
  return real;
}

/** For the owner alone, or on Windows the administrators: the journal tells who changed what. */
async function makeDirectory(path: string): Promise<void> {
  if (process.platform !== 'win32') {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return;
  }
  const whole = resolve(path);
  await mkdir(dirname(whole), { recursive: true });
  const { thisFileGuard } = await import('./windows/this-guard.js');
  thisFileGuard().makeDirectory(whole);
}

async function writeProbe(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write('routefleet\n');
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

function unusable(path: string, finding: string, cause: unknown): ConfigError {
  return new ConfigError(
    `the state directory ${path} ${finding}: ${(cause as Error).message}`,
    'it must be a directory in which the agent can write and sync files: set its rights or make room on its disk, or name another one',
    cause,
  );
}
