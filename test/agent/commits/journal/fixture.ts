import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Journal, JournalRecord } from '../../../../agent/commits/journal/journal.js';
import { type OpenJournalOptions, openJournal } from '../../../../agent/commits/journal/open-journal.js';
import { createCleanup } from '../../../support/cleanup.js';
import { createTemporaryDirectory } from '../../../support/temporary.js';

export interface JournalFixture {
  readonly directory: string;
  /** Of the journal. */
  readonly path: string;
  /** Closed at the end of the test. */
  open(options?: Partial<OpenJournalOptions>): Promise<Journal>;
  read(): Promise<Buffer>;
  write(bytes: Uint8Array): Promise<void>;
}

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** A directory for a journal. */
export async function makeFixture(): Promise<JournalFixture> {
  const directory = await createTemporaryDirectory('journal');
  const path = join(directory, 'journal');
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  return {
    directory,
    path,
    async open(options = {}) {
      const journal = await openJournal({ directory, ...options });
      // With the files of a killed process it fails.
      cleanup.defer(() => journal.close().catch(() => undefined));
      return journal;
    },
    read: () => readFile(path),
    write: (bytes) => writeFile(path, bytes),
  };
}

/** Appends one record after the other. */
export async function appendAll(journal: Journal, records: readonly JournalRecord[]): Promise<void> {
  for (const record of records) await journal.append(record);
}
