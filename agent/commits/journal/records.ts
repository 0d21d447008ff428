import { ConfigError } from '../../config-error.js';
import { type Line, readLine } from './line.js';
import { decodeRecord } from './record-codec.js';
import { type StoredRecord, schemaVersion } from './stored-record.js';

/** A line of the file as a record, or why it is none. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly line: number; readonly record: StoredRecord }
  | { readonly kind: 'torn'; readonly line: number; readonly bytes: number }
  | { readonly kind: 'damaged'; readonly line: number; readonly problem: string };

/** Reads a journal line by line, beyond damaged ones too. @throws ConfigError for a newer schema */
export function* readRecords(file: Buffer, path: string): Generator<ReadRecord> {
  let position = 0;
  for (let line = 1; position < file.length; line++) {
    const read: Line = readLine(file, position);
    if (read.kind === 'torn') {
      yield { kind: 'torn', line, bytes: file.length - position };
      return;
    }
    position = read.end;
    yield read.kind === 'damaged' ? { kind: 'damaged', line, problem: read.problem } : decode(read.json, line, path);
  }
}

function decode(json: string, line: number, path: string): ReadRecord {
  let record: StoredRecord;
  try {
    record = decodeRecord(json);
  } catch {
    return { kind: 'damaged', line, problem: 'it holds no record that this version knows' };
  }
  if (record.type === 'header' && record.schema > schemaVersion) {
    throw new ConfigError(
      `the journal ${path} has the schema ${record.schema}, and this version knows schemas up to ${schemaVersion}`,
      'start the version of the agent that wrote it, or a newer one; the file was left as it is',
    );
  }
  return { kind: 'record', line, record };
}
