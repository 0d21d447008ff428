import type { Damage } from './failures.js';
import { JournalMemory } from './memory.js';
import { readRecords } from './records.js';
import type { StoredRecord } from './stored-record.js';

/** What a journal says. */
export interface Reading {
  /** What was readable before the damage, where there is any. */
  readonly memory: JournalMemory;
  readonly damage: Damage | undefined;
  /** Bytes at the end that were never completed. */
  readonly tornBytes: number;
  /** By the header; what this version writes may need a newer one. */
  readonly schema: number;
}

/** Where in the file the reader is. */
type Part = 'header' | 'snapshot' | 'records';

/** Reads a journal up to its end, or to the first damage. @throws ConfigError for a newer schema */
export function readJournal(file: Buffer, path: string): Reading {
  const memory = new JournalMemory();
  const damaged = (line: number, problem: string): Reading => ({ memory, damage: { line, problem }, tornBytes: 0, schema });
  let part: Part = 'header';
  let lines = 0;
  let schema = 0;
  for (const read of readRecords(file, path)) {
    lines = read.line;
    if (read.kind === 'damaged') return damaged(read.line, read.problem);
    if (read.kind === 'torn') {
      // Header and snapshot come into being whole, by a rename.
      if (part !== 'records') return damaged(read.line, 'it is cut off');
      return { memory, damage: undefined, tornBytes: read.bytes, schema };
    }
    const next = partAfter(part, read.record);
    if (next === undefined) return damaged(read.line, `a record "${read.record.type}" cannot stand here`);
    const contradiction = memory.contradictionOf(read.record);
    if (contradiction !== undefined) return damaged(read.line, contradiction);
    if (read.record.type === 'header') schema = read.record.schema;
    memory.apply(read.record);
    part = next;
  }
  if (part !== 'records') return damaged(lines + 1, 'the file ends before its first snapshot does');
  return { memory, damage: undefined, tornBytes: 0, schema };
}

/** The part that the next record belongs to; undefined: this one is out of place. */
function partAfter(part: Part, { type }: StoredRecord): Part | undefined {
  switch (type) {
    case 'header':
      return part === 'header' ? 'snapshot' : undefined;
    case 'commit':
    case 'receipts':
    case 'drift-policies':
      return part === 'snapshot' ? 'snapshot' : undefined;
    case 'snapshot-end':
      return part === 'snapshot' ? 'records' : undefined;
    case 'begin':
    case 'update':
    case 'check':
      return part === 'records' ? 'records' : undefined;
  }
}
