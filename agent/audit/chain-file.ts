import type { FileStatus, OpenFile } from '../commits/journal/files.js';
import type { AuditFiles, AuditPaths } from './files.js';
import { type AuditKey, signHead } from './head.js';
import { type Facts, type FormattedLine, formatLine, type Link } from './line.js';

/** What a {@link ChainFile} goes on with. */
export interface ChainFileParts {
  readonly files: AuditFiles;
  readonly paths: AuditPaths;
  readonly key: AuditKey;
  readonly file: OpenFile;
  readonly status: FileStatus;
  readonly last: Link;
  /** Of the first line of the file. */
  readonly firstSeq: number;
  /** Lines behind the last head. */
  readonly unsigned: number;
  /** ISO 8601. */
  readonly time: () => string;
}

/** The file that is written now. Calls must not overlap; when one fails, the file ends as it did before, or {@link isUsable} says no. */
export class ChainFile {
  readonly #parts: ChainFileParts;
  #last: Link;
  #length: number;
  #unsigned: number;
  #reliable = true;

  constructor(parts: ChainFileParts) {
    this.#parts = parts;
    this.#last = parts.last;
    this.#length = parts.status.size;
    this.#unsigned = parts.unsigned;
  }

  get last(): Link {
    return this.#last;
  }

  get length(): number {
    return this.#length;
  }

  get firstSeq(): number {
    return this.#parts.firstSeq;
  }

  /** Lines behind the last head. */
  get unsigned(): number {
    return this.#unsigned;
  }

  /** Whether the file at its path is still the one that was written, and as long. */
  async isUsable(): Promise<boolean> {
    const { files, paths, status } = this.#parts;
    if (!this.#reliable) return false;
    const now = await files.status(paths.current);
    return now !== undefined && now.device === status.device && now.inode === status.inode && now.size === this.#length;
  }

  /** Writes entries behind the others; with `durable` they are on the disk then. */
  async put(entries: readonly Facts[], durable = false): Promise<void> {
    const time = this.#parts.time();
    let link = this.#last;
    const lines = entries.map((facts) => {
      const line = formatLine(link, time, facts);
      link = line.link;
      return line.bytes;
    });
    await this.#write({ bytes: Buffer.concat(lines), link }, durable);
    this.#unsigned += entries.length;
  }

  /** Signs all lines: in head.json first, so that no log without its last line looks whole. */
  async sign(): Promise<void> {
    if (this.#unsigned === 0) return;
    const { files, paths, file, key, time } = this.#parts;
    await file.sync();
    const now = time();
    const line = formatLine(this.#last, now, signHead(key.privateKey, this.#last, now));
    await replaceFile(files, paths.head, line.bytes);
    try {
      await this.#write(line, true);
    } catch (error) {
      // Now exactly this line must follow: opening the log anew sees to it.
      this.#reliable = false;
      throw error;
    }
    this.#unsigned = 0;
  }

  async close(): Promise<void> {
    await this.#parts.file.close();
  }

  async #write({ bytes, link }: FormattedLine, durable: boolean): Promise<void> {
    const { file } = this.#parts;
    let written = false;
    try {
      await file.write(bytes, this.#length);
      written = true;
      if (durable) await file.sync();
    } catch (error) {
      // After a failed sync the kernel may have dropped more than this line.
      this.#reliable = !written;
      await file.truncate(this.#length).catch(() => {
        this.#reliable = false;
      });
      throw error;
    }
    this.#length += bytes.length;
    this.#last = link;
  }
}

/** Writes a file beside the one at the path, and puts it in its place: whenever that is interrupted, one of both is there, whole. */
export async function replaceFile(files: AuditFiles, path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  try {
    const file = await files.create(beside);
    try {
      await file.write(bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(beside, path);
  } catch (error) {
    // It may take the space that is missing.
    await files.remove(beside).catch(() => undefined);
    throw error;
  }
}
