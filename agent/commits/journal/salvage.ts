import type { Failure } from '../failure.js';
import { isFinal, JournalMemory } from './memory.js';
import { readRecords } from './records.js';

/** What is left of a damaged journal. */
export interface Salvage {
  readonly memory: JournalMemory;
  /** Lines that were lost, or that make no sense without those lost. */
  readonly lostLines: readonly number[];
  /** Ids of commits whose end may have been lost. */
  readonly closedCommits: readonly string[];
}

/**
 * Takes every readable record that does not contradict those before it.
 *
 * A commit that was open where lines are lost, and that nothing later speaks of, is closed as committed without taking effect on receipts: left
 * open, the agent would undo at its start what may have been confirmed long ago. On the strength of a doubtful record no row is written.
 *
 * @throws ConfigError for a newer schema
 */
export function salvageJournal(file: Buffer, path: string): Salvage {
  const memory = new JournalMemory();
  const lostLines: number[] = [];
  const doubtful = new Set<string>();
  for (const read of readRecords(file, path)) {
    if (read.kind === 'record' && memory.contradictionOf(read.record) === undefined) {
      memory.apply(read.record);
      if (read.record.type === 'update') doubtful.delete(read.record.id);
    } else if (read.kind !== 'torn') {
      lostLines.push(read.line);
      for (const { id, state } of memory.commits.values()) if (!isFinal(state)) doubtful.add(id);
    }
  }
  for (const id of doubtful) closeCommit(memory, id, endLost(path));
  return { memory, lostLines, closedCommits: [...doubtful] };
}

function closeCommit(memory: JournalMemory, id: string, failure: Failure): void {
  const commit = memory.commits.get(id);
  if (commit !== undefined) memory.replaceCommit({ ...commit, state: 'committed', failure });
}

function endLost(path: string): Failure {
  return {
    reason: 'JOURNAL_DAMAGED',
    message: `how this commit ended was lost with a part of the journal ${path}; its rows were left as they were`,
    remedy: 'compare the rows of the commit with the table, and put right what is wrong',
  };
}
