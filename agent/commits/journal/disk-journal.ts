import type { Logger } from 'pino';
import { createSharedCall } from '../../watch/shared-call.js';
import { type Failure, toError } from '../failure.js';
import type { Journal, JournalRecord, JournalState } from './journal.js';
import type { JournalFile } from './journal-file.js';
import { formatLine, formatLongLine } from './line.js';
import type { JournalMemory } from './memory.js';
import { encodeRecord, recordPieces } from './record-codec.js';

/** Larger than the blocks of file systems: a small record may still fit into the last block of a file on a disk that is full. */
const checkPadding = '.'.repeat(4096);

/** What a {@link DiskJournal} is made of. */
export interface DiskJournalParts {
  readonly memory: JournalMemory;
  readonly file: JournalFile;
  readonly damage: Failure | undefined;
  /** Length in bytes from which on the file is compacted; it rises where compacting does not help. */
  readonly compactAboveBytes: number;
  readonly log: Pick<Logger, 'warn'> | undefined;
}

/** The journal in a directory; {@link openJournal} makes it. */
export class DiskJournal implements Journal {
  readonly damage: Failure | undefined;
  readonly #memory: JournalMemory;
  readonly #file: JournalFile;
  readonly #log: Pick<Logger, 'warn'> | undefined;
  readonly #minCompactionBytes: number;
  #compactAboveBytes: number;
  /** Ends with the last call so far; never rejects. */
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Goes to the disk, and every GetAgent asks for one: those that are asked for at the same time are one. */
  readonly check: () => Promise<void> = createSharedCall(() =>
    this.#enqueueWriting(() => this.#file.check(formatLine(encodeRecord({ type: 'check', padding: checkPadding })))),
  );

  constructor({ memory, file, damage, compactAboveBytes, log }: DiskJournalParts) {
    this.damage = damage;
    this.#memory = memory;
    this.#file = file;
    this.#log = log;
    this.#minCompactionBytes = compactAboveBytes;
    this.#compactAboveBytes = Math.max(compactAboveBytes, 2 * file.length);
  }

  get state(): JournalState {
    return this.#memory;
  }

  append(record: JournalRecord): Promise<void> {
    return this.#enqueueWriting(async () => {
      const contradiction = this.#memory.contradictionOf(record);
      if (contradiction !== undefined) throw new Error(`a record cannot be appended: ${contradiction}`);
      await this.#file.append(await formatLongLine(recordPieces(record)));
      this.#memory.apply(record);
      // Not awaited: the record is on disk already.
      if (!this.#closed && this.#file.length > this.#compactAboveBytes) void this.#enqueue(() => this.#compact());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue;
    await this.#file.close();
  }

  async #enqueueWriting(action: () => Promise<void>): Promise<void> {
    if (this.#closed) throw new Error('the journal is closed');
    if (this.damage !== undefined) throw toError(this.damage);
    await this.#enqueue(action);
  }

  #enqueue(action: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #compact(): Promise<void> {
    try {
      await this.#file.rewrite();
    } catch (error) {
      this.#log?.warn({ err: error }, 'the journal could not be compacted');
    }
    // Also after a failure: else every record from here on would begin with another attempt.
    this.#compactAboveBytes = Math.max(this.#minCompactionBytes, 2 * this.#file.length);
  }
}
