import { join } from 'node:path';
import type { Logger } from 'pino';
import { ConfigError } from '../../config-error.js';
import type { Failure } from '../failure.js';
import { DiskJournal } from './disk-journal.js';
import { journalDamaged } from './failures.js';
import type { JournalFiles } from './files.js';
import type { Journal } from './journal.js';
import { JournalFile } from './journal-file.js';
import { JournalMemory } from './memory.js';
import { nodeFiles } from './node-files.js';
import { readJournal } from './reading.js';
import { salvageJournal } from './salvage.js';
import { snapshotLines } from './snapshot.js';
import { schemaVersion } from './stored-record.js';

/** Where the journal is, and what it needs. */
export interface OpenJournalOptions {
  /** An existing directory that no other agent uses. */
  readonly directory: string;
  /** Default: the file system of the host. */
  readonly files?: JournalFiles;
  /** Keep a damaged journal aside, and go on with what is readable. Default false: a damaged journal takes no records. */
  readonly acceptLoss?: boolean;
  readonly log?: Pick<Logger, 'warn' | 'error'>;
  readonly now?: () => Date;
  /** Length in bytes from which on the journal is compacted. Default 8 MiB. */
  readonly compactAboveBytes?: number;
}

/** What the agent begins with. */
interface Beginning {
  readonly memory: JournalMemory;
  /** Undefined: records can follow. */
  readonly damage: Failure | undefined;
  /** Records can follow in the file as it is; else it is written anew. */
  readonly continues: boolean;
}

/**
 * Reads the journal of a directory, or begins one.
 *
 * Damage is reported by the journal, not thrown, as the agent still serves whoever reads. Nor is it thrown that the file cannot be written: that may
 * pass.
 *
 * @throws ConfigError when the file cannot be read, a newer version wrote it, or it is damaged and cannot be kept aside
 */
export async function openJournal(options: OpenJournalOptions): Promise<Journal> {
  const { directory, files = nodeFiles, log, compactAboveBytes = 8 * 1024 * 1024 } = options;
  const path = join(directory, 'journal');
  const { memory, damage, continues } = await begin(path, { ...options, files });
  const file = new JournalFile({ path, files, snapshot: () => snapshotLines(memory) });
  try {
    if (damage === undefined) {
      // Left behind by an agent that died while it compacted.
      await files.remove(`${path}.new`);
      if (continues) await file.open();
      if (!continues || file.length > compactAboveBytes) await file.rewrite();
    }
  } catch (error) {
    log?.warn({ err: error }, 'the journal cannot be written now');
  }
  return new DiskJournal({ memory, file, damage, compactAboveBytes, log });
}

type BeginOptions = OpenJournalOptions & { readonly files: JournalFiles };

async function begin(path: string, options: BeginOptions): Promise<Beginning> {
  const { files, acceptLoss = false, log } = options;
  const bytes = await read(path, files);
  if (bytes === undefined) return { memory: new JournalMemory(), damage: undefined, continues: false };
  const { memory, damage, tornBytes, schema } = readJournal(bytes, path);
  if (damage !== undefined && acceptLoss) return { memory: await salvage(bytes, path, options), damage: undefined, continues: false };
  if (damage !== undefined) {
    const failure = journalDamaged(path, damage);
    log?.error({ remedy: failure.remedy }, failure.message);
    return { memory, damage: failure, continues: false };
  }
  if (tornBytes > 0) log?.warn({ path, bytes: tornBytes }, 'the last record of the journal was never completed: it is cut off');
  // An older agent must find the schema of what follows in the header.
  return { memory, damage, continues: tornBytes === 0 && schema === schemaVersion };
}

async function read(path: string, files: JournalFiles): Promise<Buffer | undefined> {
  try {
    return await files.read(path);
  } catch (cause) {
    throw new ConfigError(
      `the journal ${path} cannot be read: ${(cause as Error).message}`,
      'let the agent read it, and check its disk',
      cause,
    );
  }
}

/** Copied rather than moved: until the new journal is in its place, the next start must find the damaged one, not none. */
async function salvage(bytes: Buffer, path: string, { files, log, now = () => new Date() }: BeginOptions): Promise<JournalMemory> {
  const aside = `${path}.damaged-${now().toISOString().replaceAll(':', '-')}`;
  const { memory, lostLines, closedCommits } = salvageJournal(bytes, path);
  try {
    await writeFile(aside, bytes, files);
  } catch (cause) {
    throw new ConfigError(
      `the damaged journal ${path} cannot be kept as ${aside}: ${(cause as Error).message}`,
      'make room, and let the agent write there',
      cause,
    );
  }
  log?.error({ path, aside, lostLines, closedCommits }, 'the journal was damaged: what is readable of it was kept, and the rest is lost');
  return memory;
}

async function writeFile(path: string, bytes: Buffer, files: JournalFiles): Promise<void> {
  const file = await files.create(path);
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
