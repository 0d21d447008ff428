import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ConfigError } from '../config-error.js';

/** Longest path of a Unix socket on every system (macOS: 104 bytes with its end); Node.js cuts longer ones without a word. */
const maxSocketPathBytes = 103;

/** The right to be the only agent of a state directory. */
export interface SingleInstance {
  release(): Promise<void>;
}

/**
 * Takes the right to be the only agent of a state directory. The kernel takes it back when the process ends, however it ends.
 *
 * On Linux an abstract socket decides, which leaves nothing behind. As each network namespace has its own abstract sockets, a socket file in the
 * directory guards against agents in other namespaces; two of them that start in the same moment over the file of a dead one are not told apart.
 * Anybody on the host can take the abstract name first: that stops an agent from starting, and nothing else.
 *
 * @throws ConfigError when another agent has it
 */
export async function acquireSingleInstance(directory: string): Promise<SingleInstance> {
  const real = await realpath(directory);
  const held: Server[] = [];
  const release = async (): Promise<void> => {
    for (const server of held.splice(0).reverse()) await new Promise((closed) => server.close(closed));
  };
  try {
    for (const address of lockAddresses(process.platform, real)) held.push(await take(address));
    return { release };
  } catch (cause) {
    await release();
    throw explain(directory, cause as NodeJS.ErrnoException);
  }
}

interface LockAddress {
  readonly path: string;
  /** It outlives its process, and must be removed before another one can listen. */
  readonly isFile: boolean;
}

function lockAddresses(platform: NodeJS.Platform, real: string): readonly LockAddress[] {
  const name = `routefleet-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`;
  if (platform === 'win32') return [{ path: `\\\\.\\pipe\\${name}`, isFile: false }];
  const file = { path: join(real, 'agent.sock'), isFile: true };
  return platform === 'linux' ? [{ path: `\0${name}`, isFile: false }, file] : [file];
}

async function take({ path, isFile }: LockAddress): Promise<Server> {
  if (isFile && Buffer.byteLength(path) > maxSocketPathBytes) {
    throw Object.assign(new Error(`${path} is longer than ${maxSocketPathBytes} bytes`), { code: 'ENAMETOOLONG' });
  }
  try {
    return await listen(path);
  } catch (error) {
    if (!isFile || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(path))) throw error;
    await rm(path, { force: true });
    return listen(path);
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', reject);
    server.listen({ path, exclusive: true }, () => {
      // Nobody is to talk to it: a connection that could not be accepted is no failure of the agent.
      server.off('error', reject).on('error', () => {});
      server.unref();
      resolve(server);
    });
  });
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

function explain(directory: string, cause: NodeJS.ErrnoException): ConfigError {
  // Windows answers EACCES where another user's process has the pipe.
  if (cause.code === 'EADDRINUSE' || (cause.code === 'EACCES' && process.platform === 'win32')) {
    return new ConfigError(
      `another agent uses the state directory ${directory}`,
      'stop it, or give this one a state directory of its own',
      cause,
    );
  }
  return new ConfigError(
    `the state directory ${directory} cannot be locked against other agents: ${cause.message}`,
    'name a directory with a shorter path, or on a file system that holds sockets',
    cause,
  );
}
