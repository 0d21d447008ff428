import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../fleet-error.js';
import { DamagedLineError, formatLine, readLines } from './journal-lines.js';
import { createRequestInbox, sendRequest } from './request-files.js';
import { decodeEvent, decodeSpec, encodeEvent, encodeSpec } from './rollout-codec.js';
import type { RolloutEvent } from './rollout-event.js';
import { isLocked, type RolloutLock, takeLock } from './rollout-lock.js';
import type { RolloutSpec } from './rollout-spec.js';
import type { OwnedRollout, RolloutStore } from './rollout-store.js';

/** Keeps each rollout in a directory of its own: `journal`, a checksummed line per event, synced before `append` resolves; `requests` to its controller. */
export function createFileStore(root: string): RolloutStore {
  async function directoryOf(id: string): Promise<string> {
    // An id is a name, not a path.
    const found = /^[\w-]{1,64}$/.test(id) ? await realOf(root, id) : undefined;
    if (found !== undefined) return found;
    throw new FleetError(
      'ROLLOUT_NOT_FOUND',
      `there is no rollout "${id}" in ${root}`,
      'see "routefleet rollout list"; --rollouts-dir names another directory',
    );
  }

  async function own(directory: string, lock: RolloutLock): Promise<OwnedRollout> {
    let file: FileHandle | undefined;
    try {
      const { spec, events, wholeBytes } = await load(directory);
      const path = join(directory, 'journal');
      file = await usable(path, () => open(path, 'r+'));
      // What is torn was never acted upon.
      await file.truncate(wholeBytes);
      return {
        spec,
        events,
        journal: { append: appender(file, wholeBytes) },
        inbox: createRequestInbox(directory),
        close: closer(file, lock),
      };
    } catch (error) {
      await file?.close();
      await lock.release();
      throw error;
    }
  }

  async function lockOf(directory: string, id: string): Promise<RolloutLock> {
    const lock = await takeLock(directory);
    if (lock !== undefined) return lock;
    throw new FleetError(
      'ROLLOUT_LOCKED',
      `another process drives the rollout ${id}`,
      'wait for it; pause, promote, abort and undo reach it from here',
    );
  }

  return {
    async create(spec) {
      const directory = join(root, spec.id);
      await usable(root, async () => {
        await mkdir(root, { recursive: true, mode: 0o700 });
        // Not recursive, which says ENOENT of a file system that is read-only.
        await mkdir(directory, { mode: 0o700 });
        await writeFirst(directory, spec);
      });
      const real = await directoryOf(spec.id);
      return own(real, await lockOf(real, spec.id));
    },
    async take(id) {
      const directory = await directoryOf(id);
      return own(directory, await lockOf(directory, id));
    },
    async read(id) {
      const directory = await directoryOf(id);
      const { spec, events } = await load(directory);
      return { spec, events, driven: await isLocked(directory) };
    },
    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw unusable(root, error);
      });
      // Whoever died before the first line was written had not begun.
      return names.filter((name) => existsSync(join(root, name, 'journal'))).sort();
    },
    async request(id, request) {
      const directory = await directoryOf(id);
      return (await isLocked(directory)) && usable(root, () => sendRequest(directory, request, () => isLocked(directory)));
    },
  };
}

/** Undefined: it is not there. */
function realOf(root: string, id: string): Promise<string | undefined> {
  return realpath(join(root, id)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unusable(root, error);
  });
}

/** All of the first line is on disk before the journal takes its name. */
async function writeFirst(directory: string, spec: RolloutSpec): Promise<void> {
  const temporary = join(directory, 'journal.tmp');
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(formatLine(encodeSpec(spec)));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(directory, 'journal'));
  for (const path of [directory, join(directory, '..')]) await syncDirectory(path);
}

/** Windows has no such thing, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

function appender(file: FileHandle, wholeBytes: number): (event: RolloutEvent) => Promise<void> {
  let position = wholeBytes;
  return (event) =>
    usable('the journal of the rollout', async () => {
      const line = formatLine(encodeEvent(event));
      let written = 0;
      // A full disk may take a part of it; the rest is then torn, and cut off by whoever takes over.
      while (written < line.length) written += (await file.write(line, written, line.length - written, position + written)).bytesWritten;
      await file.sync();
      position += line.length;
    });
}

function closer(file: FileHandle, lock: RolloutLock): () => Promise<void> {
  return async () => {
    await file.close();
    await lock.release();
  };
}

interface LoadedRollout {
  readonly spec: RolloutSpec;
  readonly events: readonly RolloutEvent[];
  readonly wholeBytes: number;
}

async function load(directory: string): Promise<LoadedRollout> {
  const path = join(directory, 'journal');
  const bytes = await usable(path, () => readFile(path));
  try {
    const { texts, wholeBytes } = readLines(bytes);
    const [first, ...rest] = texts;
    if (first === undefined) throw new DamagedLineError('it has no first line');
    return { spec: decodeSpec(first), events: rest.map(decodeEvent), wholeBytes };
  } catch (cause) {
    const remedy = 'nothing is done with it: see what its hosts say ("routefleet commit list"), and start a new rollout';
    const finding = cause instanceof DamagedLineError ? cause.message : 'a line is not of this version of routefleet';
    throw new FleetError('ROLLOUT_DAMAGED', `the journal ${path} is not what was written: ${finding}`, remedy, cause);
  }
}

async function usable<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FleetError ? error : unusable(what, error as NodeJS.ErrnoException);
  }
}

function unusable(what: string, cause: NodeJS.ErrnoException): FleetError {
  const remedy = 'see to its rights and its space, or give another --rollouts-dir';
  return new FleetError('ROLLOUTS_UNUSABLE', `${what} cannot be used (${cause.code ?? cause.message})`, remedy, cause);
}
