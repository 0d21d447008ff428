import type { JournalFiles, OpenFile } from '../../../../agent/commits/journal/files.js';
import { nodeFiles } from '../../../../agent/commits/journal/node-files.js';

/** One call of the port. */
export interface FileCall {
  readonly name: keyof JournalFiles | keyof OpenFile;
  /** Counts from 1 over all calls. */
  readonly number: number;
}

/** What happens to a call instead of what it asks for. */
export interface Fault {
  /** Bytes of a write that still reach the file. Default 0. */
  readonly tornBytes?: number;
  /** Default EIO. */
  readonly code?: string;
}

/** The host's files, but for calls that `fault` names. */
export function makeFaultyFiles(fault: (call: FileCall) => Fault | undefined): JournalFiles {
  let number = 0;
  const attempt = async <Result>(
    name: FileCall['name'],
    call: () => Promise<Result>,
    torn?: (bytes: number) => Promise<void>,
  ): Promise<Result> => {
    number++;
    const found = fault({ name, number });
    if (found === undefined) return call();
    const { tornBytes = 0, code = 'EIO' } = found;
    if (tornBytes > 0) await torn?.(tornBytes);
    throw Object.assign(new Error(`${code}: injected, ${name}`), { code });
  };
  const wrap = (file: OpenFile): OpenFile => ({
    write: (bytes, position) =>
      attempt(
        'write',
        () => file.write(bytes, position),
        (length) => file.write(bytes.subarray(0, length), position),
      ),
    sync: () => attempt('sync', () => file.sync()),
    truncate: (length) => attempt('truncate', () => file.truncate(length)),
    // Closes in any case: an injected failure is no reason to leak.
    close: () => file.close().then(() => attempt('close', async () => {})),
  });
  return {
    read: (path) => attempt('read', () => nodeFiles.read(path)),
    create: async (path) => wrap(await attempt('create', () => nodeFiles.create(path))),
    open: async (path) => wrap(await attempt('open', () => nodeFiles.open(path))),
    status: (path) => attempt('status', () => nodeFiles.status(path)),
    rename: (from, to) => attempt('rename', () => nodeFiles.rename(from, to)),
    remove: (path) => attempt('remove', () => nodeFiles.remove(path)),
    syncDirectory: (path) => attempt('syncDirectory', () => nodeFiles.syncDirectory(path)),
  };
}

/** Files of a process that is killed at a call: neither that one happens, apart from `tornBytes` of a write, nor any later one. */
export function makeFilesOfKilled(atCall: number, tornBytes = 0): JournalFiles {
  return makeFaultyFiles(({ number }) => (number < atCall ? undefined : { tornBytes: number === atCall ? tornBytes : 0 }));
}

/** Runs an action with files that do not fail, and returns the calls. */
export async function callsOf(action: (files: JournalFiles) => Promise<unknown>): Promise<FileCall['name'][]> {
  const names: FileCall['name'][] = [];
  await action(makeFaultyFiles(({ name }) => void names.push(name)));
  return names;
}
