import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The right to be the only controller of a rollout. */
export interface RolloutLock {
  release(): Promise<void>;
}

/**
 * Takes the right to be the only controller of the rollout in a directory. The kernel takes it back when the process ends, however it ends, so that
 * nothing stale is ever left. Holds among the processes of one machine; on Linux, of one network namespace.
 *
 * @param directory - without symbolic links
 * @returns undefined: another one has it
 */
export async function takeLock(directory: string): Promise<RolloutLock | undefined> {
  const address = lockAddress(directory);
  try {
    return lockOf(await listen(address.path));
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (!address.isFile || (await answers(address.path))) return undefined;
  }
  // A socket file outlives its process.
  await rm(address.path, { force: true });
  return lockOf(await listen(address.path));
}

/** Whether a controller drives the rollout in a directory now. */
export function isLocked(directory: string): Promise<boolean> {
  return answers(lockAddress(directory).path);
}

interface LockAddress {
  readonly path: string;
  readonly isFile: boolean;
}

function lockAddress(directory: string, platform: NodeJS.Platform = process.platform): LockAddress {
  const name = `routefleet-rollout-${createHash('sha256').update(directory).digest('hex').slice(0, 24)}`;
  if (platform === 'win32') return { path: `\\\\.\\pipe\\${name}`, isFile: false };
  // Socket paths end at about 100 bytes; a directory of rollouts may be deeper than that.
  return platform === 'linux' ? { path: `\0${name}`, isFile: false } : { path: join(tmpdir(), name), isFile: true };
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject).on('error', () => {});
      server.unref();
      resolve(server);
    });
  });
}

function lockOf(server: Server): RolloutLock {
  return { release: () => new Promise((closed) => server.close(() => closed())) };
}

/** Windows answers EACCES where another user's process has the pipe. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || (code === 'EACCES' && process.platform === 'win32');
}

/** Whether a process listens; only a refusal proves that none does. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
