/** What tells a file from another one at the same path. */
export interface FileStatus {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
}

/** A file that can be written. */
export interface OpenFile {
  /** Writes all bytes at a position. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when everything written is on the disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The part of a file system that the journal needs. Everything rejects with errors of Node.js, with their `code`. */
export interface JournalFiles {
  /** Undefined: there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Makes an empty file, also in place of another one. */
  create(path: string): Promise<OpenFile>;
  /** Opens an existing file. */
  open(path: string): Promise<OpenFile>;
  /** Undefined: there is no such file or directory. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Replaces what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, if there is one. */
  remove(path: string): Promise<void>;
  /** Resolves when a rename within the directory is on the disk. */
  syncDirectory(path: string): Promise<void>;
}
