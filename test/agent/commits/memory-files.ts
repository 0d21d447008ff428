import { dirname } from 'node:path';
import type { JournalFiles, OpenFile } from '../../../agent/commits/journal/files.js';

type FileCall = keyof JournalFiles | keyof OpenFile;

interface StoredFile {
  readonly inode: bigint;
  bytes: Buffer;
}

/** A disk in memory: what is written is there for the next journal that is opened on it. */
export interface MemoryFiles extends JournalFiles {
  /** Called before every call; what it throws is what the call fails with. */
  fault: (call: FileCall) => void | Promise<void>;
  /** Lets every call that changes something fail, as on a full disk. */
  refuseWrites(refuse: boolean): void;
}

/** An empty disk with every directory. */
export function createMemoryFiles(): MemoryFiles {
  const stored = new Map<string, StoredFile>();
  let inodes = 0n;
  const add = (path: string): StoredFile => {
    inodes += 1n;
    const file = { inode: inodes, bytes: Buffer.alloc(0) };
    stored.set(path, file);
    return file;
  };
  const before = async (call: FileCall): Promise<void> => files.fault(call);
  const adapt = (file: StoredFile): OpenFile => ({
    async write(bytes, position) {
      await before('write');
      const grown = Buffer.alloc(Math.max(file.bytes.length, position + bytes.length));
      file.bytes.copy(grown);
      grown.set(bytes, position);
      file.bytes = grown;
    },
    sync: () => before('sync'),
    async truncate(length) {
      await before('truncate');
      file.bytes = file.bytes.subarray(0, length);
    },
    close: async () => {},
  });
  const files: MemoryFiles = {
    fault: () => {},
    refuseWrites(refuse) {
      files.fault = refuse ? failWrites : () => {};
    },
    async read(path) {
      await before('read');
      return stored.get(path)?.bytes;
    },
    async create(path) {
      await before('create');
      return adapt(add(path));
    },
    async open(path) {
      await before('open');
      return adapt(stored.get(path) ?? add(path));
    },
    async status(path) {
      const file = stored.get(path);
      if (file !== undefined) return { device: 1n, inode: file.inode, size: file.bytes.length };
      const isDirectory = path === dirname(path) || path === journalDirectory;
      return isDirectory ? { device: 1n, inode: 0n, size: 0 } : undefined;
    },
    async rename(from, to) {
      await before('rename');
      const file = stored.get(from);
      if (file === undefined) throw new Error(`there is no ${from}`);
      stored.delete(from);
      stored.set(to, file);
    },
    async remove(path) {
      await before('remove');
      stored.delete(path);
    },
    syncDirectory: () => before('syncDirectory'),
  };
  return files;
}

/** The only directory. */
export const journalDirectory = '/state';

function failWrites(call: FileCall): void {
  if (call === 'read' || call === 'close' || call === 'status') return;
  throw Object.assign(new Error(`ENOSPC: injected, ${call}`), { code: 'ENOSPC' });
}
