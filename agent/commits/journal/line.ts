import { crc32 } from 'node:zlib';
import { createBreath } from '../../breath.js';

/*
 * A record as a line: "<crc32 of the JSON, 8 hex digits> <its length in bytes> <JSON>\n". JSON.stringify escapes line feeds, so the only one
 * of a record is its last byte.
 */

const lineFeed = 0x0a;
const headPattern = /^([0-9a-f]{8}) ([1-9]\d{0,9}) /;
/** The beginning of a head that was cut off anywhere. */
const partialHeadPattern = /^([0-9a-f]{0,8}|[0-9a-f]{8} ([1-9]\d{0,9})?)$/;
const maxHeadBytes = '01234567 0123456789 '.length;

/** What stands at a position of the file; `end` is the position behind it. */
export type Line =
  | { readonly kind: 'whole'; readonly json: string; readonly end: number }
  /** The last record, which was never completed: whoever wrote it was not told that it is on disk. */
  | { readonly kind: 'torn' }
  | { readonly kind: 'damaged'; readonly problem: string; readonly end: number };

/** A record as the bytes of its line. */
export function formatLine(json: string): Buffer {
  const bytes = Buffer.from(json);
  return Buffer.concat([headOf(crc32(bytes), bytes.length), bytes, Buffer.of(lineFeed)]);
}

/** Length in bytes from which on pieces are a part, which is written at once. */
const partBytes = 128 * 1024;

/**
 * The same of a record that comes in pieces, in stretches and as parts: joining some megabytes would take long enough to hold up others. Each piece
 * is made bytes by itself, as Node.js takes fifteen times as long for one large text.
 */
export async function formatLongLine(pieces: Iterable<string>): Promise<Buffer[]> {
  const breath = createBreath();
  const parts: Buffer[] = [];
  let waiting: Buffer[] = [];
  let [checksum, length, closedAt] = [0, 0, 0];
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    checksum = crc32(bytes, checksum);
    length += bytes.length;
    waiting.push(bytes);
    if (length - closedAt >= partBytes) {
      parts.push(Buffer.concat(waiting));
      waiting = [];
      closedAt = length;
    }
    if (breath.due) await breath.take();
  }
  const [head, end] = [headOf(checksum, length), Buffer.of(lineFeed)];
  const [first, ...others] = parts;
  if (first === undefined) return [Buffer.concat([head, ...waiting, end])];
  return [Buffer.concat([head, first]), ...others, Buffer.concat([...waiting, end])];
}

function headOf(checksum: number, length: number): Buffer {
  return Buffer.from(`${checksum.toString(16).padStart(8, '0')} ${length} `);
}

/** Reads what begins at a position before the end of the file. */
export function readLine(file: Buffer, start: number): Line {
  const head = headPattern.exec(file.toString('latin1', start, start + maxHeadBytes));
  const [{ length: headLength }, checksum = '', length] = head ?? [''];
  const jsonStart = start + headLength;
  const jsonEnd = jsonStart + Number(length);
  const ends = file[jsonEnd] === lineFeed;
  if (ends) {
    const json = file.subarray(jsonStart, jsonEnd);
    if (crc32(json) === Number.parseInt(checksum, 16)) return { kind: 'whole', json: json.toString(), end: jsonEnd + 1 };
  }
  if (isTorn(file.subarray(start), head === null ? undefined : jsonEnd - start)) return { kind: 'torn' };
  const next = file.indexOf(lineFeed, start) + 1;
  return { kind: 'damaged', problem: describeProblem(head !== null, ends), end: next === 0 ? file.length : next };
}

/**
 * Whether the rest of the file is a record that was being written when the host or the agent died. Such a write leaves a beginning of the record:
 * ext4, XFS and NTFS lengthen a file only over what they wrote, the last two possibly by zeros. So a rest that has a line feed, or as many bytes as
 * it says and more, was completed once, hence perhaps acknowledged, and is damaged since: never dropped in silence. A file system that writes
 * the end of a record before its middle can make that answer wrong; it then costs an operator a look, not a host its commit.
 *
 * @param completeLength length of the record without its line feed; undefined: not even that is readable
 */
function isTorn(rest: Buffer, completeLength: number | undefined): boolean {
  let written = rest.length;
  while (rest[written - 1] === 0) written--;
  if (rest.subarray(0, written).includes(lineFeed)) return false;
  if (completeLength !== undefined) return written <= completeLength;
  return written < maxHeadBytes && partialHeadPattern.test(rest.toString('latin1', 0, written));
}

function describeProblem(hasHead: boolean, hasStatedLength: boolean): string {
  if (!hasHead) return 'it does not begin with a checksum and a length';
  return hasStatedLength ? 'its checksum does not match' : 'it does not have the length that it states';
}
