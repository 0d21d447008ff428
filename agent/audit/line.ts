import { hash } from 'node:crypto';

/*
 * An entry as a line: "{"seq":7,"time":"…","type":"…",…,"previous":"<hash of the line before>","hash":"<SHA-256 of all bytes before ,"hash">"}\n".
 * Hashes are 64 lower-case hexadecimal digits. Whatever bit is flipped, the line does not match its hash, or is no line any more.
 */

/** The hash that the first line follows on. */
export const noHash: string = '0'.repeat(64);

const hashName = Buffer.from(',"hash":"');
const lineEnd = Buffer.from('"}\n');
const tailLength = hashName.length + noHash.length + lineEnd.length;
const hashPattern = /^[0-9a-f]{64}$/;

/** Where a chain stands. */
export interface Link {
  /** Of the last line; 0: there is none. */
  readonly seq: number;
  /** Of the last line. */
  readonly hash: string;
}

/** A line as it reads. */
export interface AuditLine extends Link {
  readonly time: string;
  readonly type: string;
  readonly previous: string;
  /** All members. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** What a line tells. Members that are undefined are left out. */
export type Facts = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A line that can be written. */
export interface FormattedLine {
  readonly bytes: Buffer;
  readonly link: Link;
}

/** The line that follows on another one. */
export function formatLine(last: Link, time: string, { type, ...facts }: Facts): FormattedLine {
  const seq = last.seq + 1;
  const body = Buffer.from(JSON.stringify({ seq, time, type, ...facts, previous: last.hash }).slice(0, -1));
  const digest = hash('sha256', body);
  return { bytes: Buffer.concat([body, hashName, Buffer.from(digest), lineEnd]), link: { seq, hash: digest } };
}

/** A line with its line feed; a text says what is wrong with it. */
export function readLine(bytes: Buffer): AuditLine | string {
  const bodyLength = bytes.length - tailLength;
  const digest = bytes.toString('latin1', bytes.length - lineEnd.length - noHash.length, bytes.length - lineEnd.length);
  const framed =
    bodyLength > 0 &&
    bytes.subarray(bodyLength, bodyLength + hashName.length).equals(hashName) &&
    bytes.subarray(-lineEnd.length).equals(lineEnd) &&
    hashPattern.test(digest);
  if (!framed) return 'it does not end with its hash';
  const body = bytes.subarray(0, bodyLength);
  if (hash('sha256', body) !== digest) return 'it does not match its hash';
  const members = parse(`${body}}`);
  if (members === undefined) return 'it is no entry';
  const { seq, time, type, previous } = members;
  return { seq, time, type, previous, hash: digest, members } as AuditLine;
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The lines of a file with their line feeds; the last may lack it. */
export function* splitLines(file: Buffer): Generator<Buffer> {
  for (let start = 0; start < file.length; ) {
    const feed = file.indexOf(0x0a, start);
    const end = feed < 0 ? file.length : feed + 1;
    yield file.subarray(start, end);
    start = end;
  }
}
