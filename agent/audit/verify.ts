import type { KeyObject } from 'node:crypto';
import { isSigned } from './head.js';
import { type AuditLine, type Link, noHash, readLine, splitLines } from './line.js';

/** What was read of a log so far, and found in order. */
export interface Verified {
  /** The last line. Undefined: the next line is the first that is looked at, and is taken as it comes. */
  readonly last: Link | undefined;
  /** What the first line that was looked at follows on. */
  readonly start: Link | undefined;
  readonly firstTime: string;
  readonly lastTime: string;
  readonly heads: number;
  /** The last head. */
  readonly head: Link | undefined;
  /** Of the last line that begins a file: from which seq on files are kept. */
  readonly keptFrom: number;
}

/** Nothing was read. */
export const nothingVerified: Verified = {
  last: undefined,
  start: undefined,
  firstTime: '',
  lastTime: '',
  heads: 0,
  head: undefined,
  keptFrom: 1,
};

/** What is wrong, and where. */
export interface Wrong {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  /** "it does not match its hash" */
  readonly what: string;
}

/** Looks at one line. A text says what is wrong; then nothing behind it can be relied on. */
export function verifyLine(verified: Verified, bytes: Buffer, publicKey: KeyObject): Verified | string {
  if (bytes.at(-1) !== 0x0a) return 'it is cut off';
  const line = readLine(bytes);
  if (typeof line === 'string') return line;
  const wrong = contradiction(verified.last, line);
  if (wrong !== undefined) return wrong;
  if (line.type === 'head' && !isSigned(line, publicKey)) return 'its signature is not of the key given';
  const { seq, hash, time, type, previous, members } = line;
  return {
    last: { seq, hash },
    start: verified.start ?? { seq: seq - 1, hash: previous },
    firstTime: verified.firstTime || time,
    lastTime: time,
    heads: verified.heads + (type === 'head' ? 1 : 0),
    head: type === 'head' ? { seq, hash } : verified.head,
    keptFrom: type === 'file' ? Number(members.keptFrom) : verified.keptFrom,
  };
}

function contradiction(last: Link | undefined, { seq, previous }: AuditLine): string | undefined {
  if (last === undefined) return seq === 1 && previous !== noHash ? 'it is the first entry, and follows on another one' : undefined;
  if (seq !== last.seq + 1) return `it is entry ${seq}, and ${last.seq + 1} is missing here`;
  return previous === last.hash ? undefined : 'it does not follow on the line before';
}

/** Looks at all lines of a file, in order, up to the first that is wrong. */
export function verifyFile(verified: Verified, file: string, bytes: Buffer, publicKey: KeyObject): Verified | Wrong {
  let state = verified;
  let line = 0;
  for (const text of splitLines(bytes)) {
    line += 1;
    const next = verifyLine(state, text, publicKey);
    if (typeof next === 'string') return { file, line, what: next };
    state = next;
  }
  return state;
}

/**
 * Why a log does not end where its last head says; undefined: it does.
 *
 * @param head - content of head.json; undefined: there is none
 */
export function verifyEnd(verified: Verified, head: Buffer | undefined, publicKey: KeyObject): string | undefined {
  const { start, keptFrom } = verified;
  // A file begins behind a head; only the very first one, and one that was begun anew, do not.
  const expected = verified.head ?? (start !== undefined && start.seq >= keptFrom ? start : undefined);
  if (head === undefined) return expected && 'it is missing, and the log holds heads';
  const line = readHead(head, publicKey);
  if (typeof line === 'string') return line;
  if (line.hash === expected?.hash) return undefined;
  const { seq } = endOf(verified);
  if (line.seq > seq) return `it is entry ${line.seq}, and the log ends at ${seq}: its end was cut off, or the agent died as it signed`;
  return `it is entry ${line.seq}, and not the last head of the log`;
}

/** Whether the head follows right on the log: the agent died as it signed, or the line was cut off, and nothing else is missing. */
export function isHeadAhead(verified: Verified, head: Buffer | undefined, publicKey: KeyObject): boolean {
  const line = head === undefined ? '' : readHead(head, publicKey);
  const { seq, hash } = endOf(verified);
  return typeof line === 'object' && line.seq === seq + 1 && line.previous === hash;
}

function readHead(bytes: Buffer, publicKey: KeyObject): AuditLine | string {
  const line = readLine(bytes);
  if (typeof line === 'string') return line;
  return line.type === 'head' && isSigned(line, publicKey) ? line : 'its signature is not of the key given';
}

function endOf({ last = { seq: 0, hash: noHash } }: Verified): Link {
  return last;
}

/** Whether the log begins where it says that it does. */
function verifyBeginning({ start, keptFrom }: Verified): string | undefined {
  if (start === undefined) return 'it has no entries';
  if (start.seq + 1 <= keptFrom) return undefined;
  return `it begins with entry ${start.seq + 1}, and entries are kept from ${keptFrom} on: files are missing`;
}

/** A file of a log. */
export interface LogFile {
  readonly file: string;
  readonly bytes: Buffer;
}

/** Looks at files, oldest first, up to the first line that is wrong. */
export async function verifyFiles(files: Iterable<LogFile> | AsyncIterable<LogFile>, publicKey: KeyObject): Promise<Verified | Wrong> {
  let verified = nothingVerified;
  for await (const { file, bytes } of files) {
    const next = verifyFile(verified, file, bytes, publicKey);
    if ('what' in next) return next;
    verified = next;
  }
  return verified;
}

/** Looks at a log as a whole. @param head - content of head.json; undefined: there is none */
export async function verifyLog(
  files: Iterable<LogFile> | AsyncIterable<LogFile>,
  head: Buffer | undefined,
  publicKey: KeyObject,
): Promise<Verified | Wrong> {
  const verified = await verifyFiles(files, publicKey);
  if ('what' in verified) return verified;
  const beginning = verifyBeginning(verified);
  if (beginning !== undefined) return { file: 'the log', line: 0, what: beginning };
  const end = verifyEnd(verified, head, publicKey);
  return end === undefined ? verified : { file: 'head.json', line: 0, what: end };
}
