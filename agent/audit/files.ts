import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalFiles } from '../commits/journal/files.js';
import { nodeFiles } from '../commits/journal/node-files.js';

/** The part of a file system that the audit log needs. */
export interface AuditFiles extends JournalFiles {
  /** Names in a directory; none, if there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  /** Makes a directory for the owner alone within an existing one, if it is not there. */
  makeDirectory(path: string): Promise<void>;
}

/** The file system of the host. */
export const nodeAuditFiles: AuditFiles = {
  ...nodeFiles,
  list: (directory) => readdir(directory).catch(noneWhenMissing),
  makeDirectory: (path) => mkdir(path, { mode: 0o700 }).catch(ignoreExisting),
};

function noneWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Where the parts of an audit log are. */
export interface AuditPaths {
  readonly directory: string;
  /** That is written now. */
  readonly current: string;
  /** The last head. */
  readonly head: string;
  readonly privateKey: string;
  readonly publicKey: string;
  /** A file that was closed, by its first entry. */
  closed(firstSeq: number): string;
}

/** @param stateDirectory - of the agent */
export function auditPaths(stateDirectory: string): AuditPaths {
  const directory = join(stateDirectory, 'audit');
  return {
    directory,
    current: join(directory, currentName),
    head: join(directory, 'head.json'),
    privateKey: join(stateDirectory, 'audit-key.pem'),
    publicKey: join(stateDirectory, 'audit-public.pem'),
    closed: (firstSeq) => join(directory, `audit-${firstSeq}.jsonl`),
  };
}

/** Name of the file that is written now. */
export const currentName = 'audit.jsonl';

/** First entries of the closed files, oldest first. */
export function closedFiles(names: readonly string[]): number[] {
  return names
    .flatMap((name) => /^audit-(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
