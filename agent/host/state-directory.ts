import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
    // For the owner alone: the journal tells who changed what. Windows ignores the mode; %ProgramData% has its own rights.
    await mkdir(path, { recursive: true, mode: 0o700 });
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
