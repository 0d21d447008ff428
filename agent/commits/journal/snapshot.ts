import type { JournalState } from './journal.js';
import { formatLongLine } from './line.js';
import { recordPieces } from './record-codec.js';
import { type StoredRecord, schemaVersion } from './stored-record.js';

/** Receipts in one record: few enough that a damaged line loses little. */
const receiptsPerRecord = 100;

/** The lines, in parts, of a new journal that says what `state` says. Made one by one and in stretches, as the whole may be large. */
export async function* snapshotLines(state: JournalState): AsyncGenerator<Buffer[]> {
  for (const record of snapshotRecords(state)) yield await formatLongLine(recordPieces(record));
}

function* snapshotRecords({ commits, receipts, driftPolicies }: JournalState): Generator<StoredRecord> {
  yield { type: 'header', schema: schemaVersion };
  for (const commit of commits.values()) yield { type: 'commit', commit };
  const entries = [...receipts];
  for (let start = 0; start < entries.length; start += receiptsPerRecord) {
    yield { type: 'receipts', receipts: entries.slice(start, start + receiptsPerRecord) };
  }
  if (driftPolicies.size > 0) yield { type: 'drift-policies', driftPolicies: [...driftPolicies] };
  yield { type: 'snapshot-end' };
}
