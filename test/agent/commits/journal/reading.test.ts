import { beforeAll, describe, expect, it } from 'vitest';
import { formatLine } from '../../../../agent/commits/journal/line.js';
import { JournalMemory } from '../../../../agent/commits/journal/memory.js';
import type { Reading } from '../../../../agent/commits/journal/reading.js';
import { readJournal } from '../../../../agent/commits/journal/reading.js';
import { encodeRecord } from '../../../../agent/commits/journal/record-codec.js';
import type { StoredRecord } from '../../../../agent/commits/journal/stored-record.js';
import { ConfigError } from '../../../../agent/config-error.js';
import { begin, plain, snapshotOf, story, update } from './fixture-records.js';

const path = '/state/journal';

function lineOf(record: StoredRecord): Buffer {
  return formatLine(encodeRecord(record));
}

function read(file: Buffer): Reading & { readonly plain: unknown } {
  const reading = readJournal(file, path);
  return { ...reading, plain: plain(reading.memory) };
}

/** The first commit in a snapshot, the rest as records. */
let lines: Buffer[];
let file: Buffer;
/** Where each line begins; the last element is the end of the file. */
let starts: number[];
/** What the journal says when it ends before a line. */
let statesBefore: unknown[];
let snapshotLength: number;

beforeAll(async () => {
  const memory = new JournalMemory();
  for (const record of story.slice(0, 2)) memory.apply(record);
  const snapshot = await snapshotOf(memory);
  snapshotLength = snapshot.length;
  lines = [...snapshot, ...story.slice(2).map(lineOf)];
  file = Buffer.concat(lines);
  starts = [...lines.keys(), lines.length].map((count) => Buffer.concat(lines.slice(0, count)).length);
  statesBefore = starts.map((start) => read(file.subarray(0, start)).plain);
});

it('a whole journal is read', () => {
  expect(read(file)).toMatchObject({ damage: undefined, tornBytes: 0 });
  expect(
    new Set(
      statesBefore
        .slice(snapshotLength)
        .map((state) => JSON.stringify(state, (_, value) => (typeof value === 'bigint' ? `${value}` : value))),
    ).size,
  ).toBe(lines.length - snapshotLength + 1);
});

describe('a torn tail', () => {
  it('is cut off at every length of the last record', () => {
    const last = starts.at(-2) ?? 0;
    for (let length = last + 1; length < file.length; length++) {
      const reading = read(file.subarray(0, length));
      expect(reading, `${length - last} bytes`).toMatchObject({ damage: undefined, tornBytes: length - last });
      expect(reading.plain).toEqual(statesBefore.at(-2));
    }
  });

  it('is cut off when the file was lengthened by zeros', () => {
    const last = starts.at(-2) ?? 0;
    for (const length of [last, last + 5, last + 12, last + 40, file.length - 1]) {
      const torn = Buffer.concat([file.subarray(0, length), Buffer.alloc(file.length - length)]);
      expect(read(torn), `${length - last} bytes`).toMatchObject({ damage: undefined, tornBytes: file.length - last });
      expect(read(torn).plain).toEqual(statesBefore.at(-2));
    }
  });

  it('is damage in header and snapshot, which come into being whole', () => {
    for (let length = 0; length < (starts[snapshotLength] ?? 0); length++) {
      expect(read(file.subarray(0, length)).damage, `${length} bytes`).toBeDefined();
    }
  });

  it('is damage when it begins with something else', () => {
    expect(read(Buffer.concat([file, Buffer.from('GET / HTTP/1.1')])).damage?.line).toBe(lines.length + 1);
  });
});

describe('a flipped bit', () => {
  it('is damage at its line, wherever it is', () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const flipped = Buffer.from(file);
      flipped.writeUInt8((flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      const { damage, memory } = readJournal(flipped, path);
      const index = starts.findLastIndex((start) => start <= bit >> 3);
      if (damage?.line !== index + 1) expect.fail(`bit ${bit} of line ${index + 1}: ${JSON.stringify(damage)}`);
      // One per byte: comparing is what takes long.
      if ((bit & 7) === 0) expect(plain(memory)).toEqual(statesBefore[index]);
    }
  });
});

describe('damage', () => {
  it.each<[string, number, string, (at: Buffer[]) => Buffer[]]>([
    [
      'a record about an unknown commit',
      2,
      'nothing else is known',
      (all) => [...all, lineOf(update('ghost', 'committed')), lineOf(begin('next'))],
    ],
    [
      'an unknown record',
      2,
      'no record that this version knows',
      (all) => [...all, formatLine('{"type":"rewind"}'), lineOf(begin('next'))],
    ],
    ['a commit that begins twice', 2, 'begins a second time', (all) => [...all, lineOf(begin('third'))]],
    ['a second header', 2, '"header" cannot stand here', (all) => [...all, ...all]],
    ['a snapshot after records', 2, '"receipts" cannot stand here', (all) => [...all, lineOf({ type: 'receipts', receipts: [] })]],
    ['no snapshot', 0, '"begin" cannot stand here', ([header = Buffer.of()]) => [header, lineOf(begin('next'))]],
    ['no header', 0, '"commit" cannot stand here', (all) => all.slice(1)],
    ['a line less', 0, 'nothing else is known', (all) => all.filter((_, index) => index !== snapshotLength)],
    ['an empty file', 0, 'the file ends before', () => []],
    ['an old schema', 0, 'no record', (all) => [formatLine('{"type":"header","schema":0}'), ...all.slice(1)]],
  ])('is %s', (_what, linesBefore, problem, change) => {
    const { damage, plain: state } = read(Buffer.concat(change(lines)));
    expect(damage?.problem).toContain(problem);
    if (linesBefore > 0) {
      expect(damage?.line).toBe(lines.length + 1);
      expect(state).toEqual(statesBefore.at(-1));
    }
  });
});

it('a newer schema is refused, whatever it has besides', () => {
  const newer = formatLine('{"type":"header","schema":3,"compression":"zstd"}');
  expect(() => read(Buffer.concat([newer, Buffer.from('\x00\x01')]))).toThrow(ConfigError);
  expect(() => read(newer)).toThrow('the journal /state/journal has the schema 3, and this version knows schemas up to 2');
});
