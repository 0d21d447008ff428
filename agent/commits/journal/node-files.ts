import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { JournalFiles, OpenFile } from './files.js';

/** Owner alone: the journal tells who changed what. */
const fileMode = 0o600;

/** The file system of the host. */
export const nodeFiles: JournalFiles = {
  read: (path) => readFile(path).catch(undefinedWhenMissing),
  create: async (path) => adapt(await open(path, 'w', fileMode)),
  // Not for appending: Windows does not truncate a file that is open for appending alone.
  open: async (path) => adapt(await open(path, 'r+')),
  async status(path) {
    const status = await stat(path, { bigint: true }).catch(undefinedWhenMissing);
    return status && { device: status.dev, inode: status.ino, size: Number(status.size) };
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(path) {
    // Windows opens no directory for syncing; NTFS keeps renames in its own journal.
    if (process.platform === 'win32') return;
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

function adapt(handle: FileHandle): OpenFile {
  return {
    async write(bytes, position) {
      // A full disk may take a part first, and refuse only the rest.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    },
    sync: () => handle.sync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  // ENOTDIR: a part of the path is not a directory any more.
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
