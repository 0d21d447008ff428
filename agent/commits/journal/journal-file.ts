import { dirname } from 'node:path';
import { RouteTableError } from '../../routes/errors.js';
import { directoryGone, journalUnavailable } from './failures.js';
import type { FileStatus, JournalFiles, OpenFile } from './files.js';

/** What a {@link JournalFile} needs. */
export interface JournalFileOptions {
  readonly path: string;
  readonly files: JournalFiles;
  /** The lines of a new file that says what the agent knows, each in parts. */
  readonly snapshot: () => AsyncIterable<readonly Uint8Array[]>;
}

/** The file on disk. Calls must not overlap; all throw RouteTableError JOURNAL_UNAVAILABLE. */
export class JournalFile {
  readonly #path: string;
  readonly #files: JournalFiles;
  readonly #snapshot: () => AsyncIterable<readonly Uint8Array[]>;
  /** Undefined: what is on disk cannot be relied upon, and is written anew before the next record. */
  #open: { readonly file: OpenFile; readonly status: FileStatus } | undefined;
  /** Of all records that count. */
  #length = 0;
  #lastWriteFailed = false;
  /** Undefined: the directory was never seen. */
  #directoryDevice: bigint | undefined;

  constructor({ path, files, snapshot }: JournalFileOptions) {
    this.#path = path;
    this.#files = files;
    this.#snapshot = snapshot;
  }

  get length(): number {
    return this.#length;
  }

  /** Goes on with the file that is there. */
  async open(): Promise<void> {
    await this.#guard(async () => void (await this.#takeUp()));
  }

  /** Writes a line, in parts, behind the others. */
  async append(line: readonly Uint8Array[]): Promise<void> {
    await this.#guard(async () => this.#write(await this.#ready(), line));
  }

  /** Finds out whether a line could be written; `line` is written only when the last one could not be. */
  async check(line: Uint8Array): Promise<void> {
    await this.#guard(async () => {
      const file = await this.#ready();
      if (this.#lastWriteFailed) await this.#write(file, [line]);
    });
  }

  /** Writes the snapshot beside the file, and puts it in its place: whenever that is interrupted, one of both is there, whole. */
  async rewrite(): Promise<void> {
    await this.#guard(async () => void (await this.#rewrite()));
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
  }

  async #guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw error instanceof RouteTableError ? error : journalUnavailable(this.#path, error);
    }
  }

  async #takeUp(): Promise<OpenFile> {
    const status = await this.#files.status(this.#path);
    const directory = await this.#files.status(dirname(this.#path));
    if (status === undefined || directory === undefined) throw directoryGone(this.#path, 'is being changed');
    const file = await this.#files.open(this.#path);
    this.#directoryDevice = directory.device;
    this.#length = status.size;
    this.#open = { file, status };
    return file;
  }

  /** The file, proven to be the one at the path, and as long as this agent left it: else a new one. */
  async #ready(): Promise<OpenFile> {
    const status = await this.#files.status(this.#path);
    const open = this.#open;
    if (open !== undefined && status !== undefined && isSame(open.status, status) && status.size === this.#length) return open.file;
    const directory = await this.#files.status(dirname(this.#path));
    // Not made again: somebody removed it on purpose, or its disk is gone; what is written to the bare mount point would be lost with the next mount.
    if (directory === undefined) throw directoryGone(this.#path, 'is gone');
    if (this.#directoryDevice !== undefined && this.#directoryDevice !== directory.device) {
      throw directoryGone(this.#path, 'is on another disk than it was');
    }
    return this.#rewrite();
  }

  async #write(file: OpenFile, line: readonly Uint8Array[]): Promise<void> {
    let written = false;
    let end = this.#length;
    try {
      end = await writeParts(file, line, end);
      written = true;
      await file.sync();
    } catch (error) {
      this.#lastWriteFailed = true;
      await this.#cutBack(file, !written);
      throw error;
    }
    this.#length = end;
    this.#lastWriteFailed = false;
  }

  /**
   * Takes a failed line off again, so that it does not come to life at the next start.
   *
   * @param reliable false after a failed sync: the kernel may have dropped what earlier records shared a page with, and the next sync would succeed
   *   without writing it
   */
  async #cutBack(file: OpenFile, reliable: boolean): Promise<void> {
    try {
      await file.truncate(this.#length);
      await file.sync();
      if (reliable) return;
    } catch {
      // The next record finds no file, and writes everything anew.
    }
    await this.close().catch(() => undefined);
  }

  async #rewrite(): Promise<OpenFile> {
    const beside = `${this.#path}.new`;
    try {
      await this.#writeSnapshot(beside);
    } catch (error) {
      // It may take the space that is missing.
      await this.#files.remove(beside).catch(() => undefined);
      throw error;
    }
    // Windows does not replace a file that is open.
    await this.close();
    await this.#files.rename(beside, this.#path);
    await this.#files.syncDirectory(dirname(this.#path));
    return this.#takeUp();
  }

  async #writeSnapshot(path: string): Promise<void> {
    const file = await this.#files.create(path);
    try {
      let length = 0;
      for await (const line of this.#snapshot()) length = await writeParts(file, line, length);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** @returns the position behind them */
async function writeParts(file: OpenFile, parts: readonly Uint8Array[], position: number): Promise<number> {
  let end = position;
  for (const part of parts) {
    await file.write(part, end);
    end += part.length;
  }
  return end;
}

function isSame(a: FileStatus, b: FileStatus): boolean {
  return a.device === b.device && a.inode === b.inode;
}
