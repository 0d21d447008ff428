import { dirname } from 'node:path';
import { RouteTableError } from '../../routes/errors.js';
import type { Failure } from '../failure.js';

/** A line of a journal that cannot stand there. */
export interface Damage {
  readonly line: number;
  /** What is wrong with the line, as "its checksum does not match". */
  readonly problem: string;
}

/** Why nothing is written on until somebody looked. */
export function journalDamaged(path: string, { line, problem }: Damage): Failure {
  return {
    reason: 'JOURNAL_DAMAGED',
    message: `the journal ${path} is damaged at line ${line}: ${problem}`,
    remedy: 'see docs/operations.md; restarting with --accept-journal-loss keeps the file aside and goes on with what is readable',
    facts: { path, line: String(line), problem },
  };
}

/** What the file system refused, as an error of the journal. */
export function journalUnavailable(path: string, cause: unknown): RouteTableError {
  const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
  return new RouteTableError('JOURNAL_UNAVAILABLE', `the journal ${path} cannot be written: ${message}`, {
    remedy: `${remedyFor(code, dirname(path))}; writes are then taken again without a restart`,
    facts: { path, code },
    cause,
  });
}

/** The directory of the journal is gone: removed on purpose, or its disk is. */
export function directoryGone(path: string, finding: string): RouteTableError {
  const directory = dirname(path);
  return new RouteTableError('JOURNAL_UNAVAILABLE', `the journal ${path} cannot be written: its directory ${finding}`, {
    remedy: `put ${directory} back, or mount its disk; writes are then taken again without a restart`,
    facts: { path, code: 'ENOENT' },
  });
}

/** What to do when the file system refuses with this code. */
export function remedyFor(code: string, directory: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `make room on the disk of ${directory}`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `let the agent write into ${directory}`;
  }
  return `check ${directory} and its disk`;
}
