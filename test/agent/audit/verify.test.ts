import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../../agent/audit/head.js';
import { formatLine, noHash, splitLines } from '../../../agent/audit/line.js';
import {
  type LogFile,
  nothingVerified,
  type Verified,
  verifyEnd,
  verifyFile,
  verifyFiles,
  verifyLine,
  verifyLog,
} from '../../../agent/audit/verify.js';
import { createTemporaryDirectory } from '../../support/temporary.js';
import { patienceMs } from '../commits/fixture.js';
import { callOf, openLog, readWritten, type WrittenLog } from './fixture.js';

/*
 * Verification is a fold over lines that ends at the first wrong one. What stands before a change is as it was, so the verifier comes to it in the
 * state that it had in the untouched log; where it then finds something wrong is what it finds in the log as a whole. So each change is looked at
 * from the line on that it touches, which makes it possible to look at all of them; samples are verified from the first line on as well.
 */

interface LogLine {
  readonly file: number;
  readonly bytes: Buffer;
  /** Of the verifier, before it. */
  readonly before: Verified;
}

let directory: string;
let log: WrittenLog;
let lines: LogLine[];
let whole: Verified;

beforeAll(async () => {
  directory = await createTemporaryDirectory('audit');
  const audit = openLog(directory, { maxBytes: 130_000 });
  for (let entry = 1; entry <= 980; entry += 1) await audit.write(callOf(`commit-${entry}`));
  await audit.close();
  log = await readWritten(directory);
  let state = nothingVerified;
  lines = log.files.flatMap(({ bytes }, file) =>
    [...splitLines(bytes)].map((line) => {
      const before = state;
      state = verifyLine(state, line, log.publicKey) as Verified;
      return { file, bytes: line, before };
    }),
  );
  whole = state;
});
afterAll(() => rm(directory, { recursive: true }));

/** What is wrong with lines that follow on a state, up to the end of the log. */
function wrongFrom(before: Verified, rest: readonly Buffer[]): string | undefined {
  let state = before;
  for (const line of rest) {
    const next = verifyFile(state, 'changed', line, log.publicKey);
    if ('what' in next) return next.what;
    state = next;
  }
  return verifyEnd(state, log.head, log.publicKey);
}

const bytesFrom = (index: number, count?: number): Buffer[] =>
  lines.slice(index, count === undefined ? undefined : index + count).map(({ bytes }) => bytes);

/** A log of changed lines, looked at from its first line on. */
function verifyChanged(changed: readonly LogLine[], head: Buffer | undefined = log.head) {
  const files: LogFile[] = log.files.map(({ file }, index) => ({
    file,
    bytes: Buffer.concat(changed.filter((line) => line.file === index).map(({ bytes }) => bytes)),
  }));
  return verifyLog(files, head, log.publicKey);
}

/** Numbers below a bound that look random, the same in every run. */
function* numbersBelow(bound: number, count: number): Generator<number> {
  for (let state = 1, made = 0; made < count; made += 1) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % bound;
  }
}

describe('a log of 1,000 entries in three files', () => {
  it('is whole', async () => {
    expect(lines.length).toBe(whole.last?.seq);
    expect(lines.length).toBeGreaterThanOrEqual(990);
    expect(log.files.length).toBe(3);
    expect(whole.heads).toBeGreaterThanOrEqual(10);
    expect(await verifyChanged(lines)).toEqual(whole);
    expect(wrongFrom(nothingVerified, bytesFrom(0))).toBeUndefined();
  });

  it(
    'shows every single flipped bit',
    () => {
      const unseen: string[] = [];
      let flips = 0;
      for (const [index, { bytes, before }] of lines.entries()) {
        const next = lines[index + 1]?.bytes ?? Buffer.alloc(0);
        const both = Buffer.concat([bytes, next]);
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          both[bit >> 3] = (both[bit >> 3] as number) ^ (1 << (bit & 7));
          const found = verifyFile(before, 'changed', both, log.publicKey);
          if (!('what' in found)) unseen.push(`line ${index + 1}, bit ${bit}`);
          both[bit >> 3] = (both[bit >> 3] as number) ^ (1 << (bit & 7));
          flips += 1;
        }
      }
      expect(unseen).toEqual([]);
      expect(flips).toBe(log.files.reduce((sum, { bytes }) => sum + bytes.length * 8, 0));
    },
    patienceMs,
  );

  it(
    'shows flipped bits of a sample as a whole, too',
    async () => {
      const sizes = log.files.map(({ bytes }) => bytes.length);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const unseen: number[] = [];
      for (const bit of numbersBelow(total * 8, 500)) {
        let offset = bit >> 3;
        let file = 0;
        while (offset >= (sizes[file] ?? total)) offset -= sizes[file++] ?? total;
        const files = log.files.map(({ file: name, bytes }) => ({ file: name, bytes: Buffer.from(bytes) }));
        const { bytes } = files[file] as LogFile;
        bytes[offset] = (bytes[offset] as number) ^ (1 << (bit & 7));
        if (!('what' in (await verifyLog(files, log.head, log.publicKey)))) unseen.push(bit);
      }
      expect(unseen).toEqual([]);
    },
    patienceMs,
  );

  it('shows every flipped bit of its last head', () => {
    const head = Buffer.from(log.head as Buffer);
    for (let bit = 0; bit < head.length * 8; bit += 1) {
      head[bit >> 3] = (head[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verifyEnd(whole, head, log.publicKey), `bit ${bit}`).toBeTypeOf('string');
      head[bit >> 3] = (head[bit >> 3] as number) ^ (1 << (bit & 7));
    }
    expect(verifyEnd(whole, head, log.publicKey)).toBeUndefined();
  });

  it('shows where it was cut off, at every byte', () => {
    for (const [index, { bytes, before, file }] of lines.entries()) {
      const next = lines.find((line) => line.file === file + 1);
      // Between two lines; the last file ends there, and the others are followed by the next.
      const rest = next === undefined ? [] : bytesFrom(lines.indexOf(next));
      const isFirst = index === 0 || lines[index - 1]?.file !== file;
      if (!isFirst || file === 0) expect(wrongFrom(before, rest.slice(0, 1)), `before line ${index + 1}`).toBeTypeOf('string');
      for (let length = 1; length < bytes.length; length += 1) {
        const cut = verifyFile(before, 'changed', bytes.subarray(0, length), log.publicKey);
        if (!('what' in cut) || cut.what !== 'it is cut off')
          expect.fail(`line ${index + 1} cut to ${length} bytes: ${JSON.stringify(cut)}`);
      }
    }
  });

  it('names the end that was cut off', async () => {
    const cut = await verifyChanged(lines.slice(0, -30));
    const { seq = 0 } = whole.last ?? {};
    expect(cut).toEqual({ file: 'head.json', line: 0, what: expect.stringContaining(`the log ends at ${seq - 30}: its end was cut off`) });
  });

  it('shows every entry that was taken out, put in twice, or changed places with the next', () => {
    for (const [index, { bytes, before }] of lines.entries()) {
      const [next, ...further] = bytesFrom(index + 1, 2);
      expect(wrongFrom(before, next === undefined ? [] : [next]), `without line ${index + 1}`).toBeTypeOf('string');
      expect(wrongFrom(before, [bytes, bytes]), `line ${index + 1} twice`).toBeTypeOf('string');
      if (next !== undefined)
        expect(wrongFrom(before, [next, bytes, ...further]), `line ${index + 1} behind the next`).toBeTypeOf('string');
    }
  });

  it('shows the wrong line when entries of a sample change places', async () => {
    const numbers = [...numbersBelow(lines.length, 200)];
    for (let pair = 0; pair < numbers.length; pair += 2) {
      const [a = 0, b = 0] = [numbers[pair], numbers[pair + 1]].sort((one = 0, other = 0) => one - other);
      if (a === b) continue;
      const changed = lines.map((line, index) =>
        index === a || index === b ? { ...line, bytes: (lines[a + b - index] as LogLine).bytes } : line,
      );
      const start = lines.findIndex(({ file }) => file === lines[a]?.file);
      const expected = { file: log.files[lines[a]?.file ?? 0]?.file, line: a - start + (a === 0 ? 2 : 1) };
      expect(await verifyChanged(changed), `${a} and ${b}`).toMatchObject(expected);
    }
  });

  it.each([0, 1, 2])('shows that file %i is missing', async (missing) => {
    const found = await verifyLog(
      log.files.filter((_file, index) => index !== missing),
      log.head,
      log.publicKey,
    );
    expect(found).toHaveProperty('what');
    expect((found as { what: string }).what).toMatch([/files are missing/, /is missing here/, /its end was cut off/][missing] as RegExp);
  });

  it('shows that its head is missing, older, or of somebody else', async () => {
    const heads = lines.filter(({ bytes }) => bytes.includes('"type":"head"')).map(({ bytes }) => bytes);
    expect(heads.at(-1)).toEqual(log.head);
    const gone = await verifyLog(log.files, undefined, log.publicKey);
    const old = await verifyChanged(lines, heads.at(-2));
    expect(gone).toMatchObject({ what: 'it is missing, and the log holds heads' });
    expect(old).toMatchObject({ what: expect.stringContaining('not the last head of the log') });
    expect(await verifyLog(log.files, log.head, makeKey().publicKey)).toMatchObject({
      line: lines.findIndex(({ bytes }) => bytes.includes('"type":"head"')) + 1,
      what: 'its signature is not of the key given',
    });
  });

  it('shows every entry that was changed together with its own hash', () => {
    for (const [index, { bytes, before }] of lines.entries()) {
      const { seq: _seq, time, previous: _previous, hash: _hash, ...facts } = JSON.parse(String(bytes));
      const forged = formatLine(before.last ?? { seq: 0, hash: noHash }, time, { ...facts, forged: true });
      const found = wrongFrom(before, [forged.bytes, ...bytesFrom(index + 1, 1)]);
      if (index < lines.length - 1) expect(found, `line ${index + 1}`).toBe('it does not follow on the line before');
      else expect(found).toMatch(/not the last head/);
    }
  });

  it('shows entries that somebody without the key wrote anew, chain and all', async () => {
    const other = await createTemporaryDirectory('audit');
    const forged = openLog(other, { maxBytes: 130_000 });
    for (let entry = 1; entry <= 980; entry += 1) await forged.write(callOf(`forged-${entry}`));
    await forged.close();
    const { files, head, publicKey } = await readWritten(other);
    await rm(other, { recursive: true });
    expect(await verifyLog(files, head, publicKey)).not.toHaveProperty('what');
    expect(await verifyLog(files, head, log.publicKey)).toMatchObject({ what: 'its signature is not of the key given' });
    expect(await verifyFiles(files, log.publicKey)).toMatchObject({ what: 'its signature is not of the key given' });
  });
});
