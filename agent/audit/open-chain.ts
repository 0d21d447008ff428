import type { FileStatus, OpenFile } from '../commits/journal/files.js';
import { ChainFile, replaceFile } from './chain-file.js';
import { AuditDamagedError } from './failures.js';
import { type AuditFiles, type AuditPaths, closedFiles, currentName } from './files.js';
import { type AuditKey, makeKey, parseKey } from './head.js';
import { type Link, noHash } from './line.js';
import { isHeadAhead, nothingVerified, type Verified, verifyEnd, verifyFile } from './verify.js';

/** Where a log is, and how it is kept. */
export interface ChainPlace {
  readonly files: AuditFiles;
  readonly paths: AuditPaths;
  /** Files that are kept, the current one included; at least 2. */
  readonly keepFiles: number;
  /** ISO 8601. */
  readonly time: () => string;
}

/** What the agent knows of its log from before. */
export interface KnownChain {
  readonly key: AuditKey;
  readonly last: Link;
}

/** What the disk says. */
interface Found {
  readonly verified: Verified;
  readonly head: Buffer | undefined;
  /** Of the current file; empty: it has none. */
  readonly current: Buffer;
  /** Bytes at its end that were never completed. */
  readonly tornBytes: number;
}

/**
 * Goes on with the log of a directory, or begins one. A last line that an agent did not complete is cut off, and that is written down.
 *
 * @param known - undefined: this run of the agent wrote nothing yet
 * @throws AuditDamagedError when the newest file, or where it ends, is not as the agent left it; errors of the file system
 */
export async function openChain(
  place: ChainPlace,
  known: KnownChain | undefined,
): Promise<{ readonly chain: ChainFile; readonly key: AuditKey }> {
  const { files, paths } = place;
  await files.makeDirectory(paths.directory);
  const closed = closedFiles(await files.list(paths.directory));
  const key = await haveKey(place, known?.key, closed.length > 0 || (await files.read(paths.current)) !== undefined);
  const found = await read(place, closed, key);
  const { verified, current, tornBytes } = found;
  const isNew = verified.last === undefined && found.head === undefined;
  const ahead = isHeadAhead(verified, found.head, key.publicKey);
  const last = isNew ? (known?.last ?? { seq: 0, hash: noHash }) : check(found, ahead, key, known?.last);

  const chain = current.length === 0 ? await beginFile(place, key, last, closed) : await goOn(place, key, found, last);
  return closedOnFailure(chain, async () => {
    if (ahead) await chain.sign();
    if (tornBytes > 0) await chain.put([{ type: 'recovered', bytesLost: tornBytes }]);
    return { chain, key };
  });
}

async function read({ files, paths }: ChainPlace, closed: readonly number[], { publicKey }: AuditKey): Promise<Found> {
  const written = (await files.read(paths.current)) ?? Buffer.alloc(0);
  const whole = written.lastIndexOf(0x0a) + 1;
  const current = written.subarray(0, whole);
  const newest = closed.at(-1);
  // An agent may have died between closing a file and beginning the next.
  const path = current.length === 0 && newest !== undefined ? paths.closed(newest) : paths.current;
  const bytes = path === paths.current ? current : ((await files.read(path)) ?? current);
  const verified = verifyFile(nothingVerified, path, bytes, publicKey);
  if ('what' in verified) throw new AuditDamagedError(verified);
  return { verified, head: await files.read(paths.head), current, tornBytes: written.length - whole };
}

function check({ verified, head }: Found, ahead: boolean, { publicKey }: AuditKey, known: Link | undefined): Link {
  const { last = { seq: 0, hash: noHash } } = verified;
  const wrong = ahead ? undefined : verifyEnd(verified, head, publicKey);
  if (wrong !== undefined) throw new AuditDamagedError({ file: 'head.json', line: 0, what: wrong });
  if (known !== undefined && last.seq < known.seq) {
    throw new AuditDamagedError({ file: currentName, line: 0, what: `it ends at entry ${last.seq}, and ${known.seq} were written` });
  }
  return last;
}

async function haveKey({ files, paths }: ChainPlace, known: AuditKey | undefined, isNeeded: boolean): Promise<AuditKey> {
  const pem = await files.read(paths.privateKey);
  if (pem === undefined && known === undefined && isNeeded) {
    throw new AuditDamagedError({ file: paths.privateKey, line: 0, what: 'the key that the log is signed with is gone' });
  }
  const key = known ?? (pem === undefined ? makeKey() : parseKey(pem));
  if ((await files.read(paths.publicKey)) === undefined || pem === undefined) {
    await replaceFile(files, paths.publicKey, Buffer.from(key.publicKey.export({ type: 'spki', format: 'pem' })));
  }
  if (pem === undefined) await replaceFile(files, paths.privateKey, Buffer.from(key.privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return key;
}

async function goOn(place: ChainPlace, key: AuditKey, { verified, current }: Found, last: Link): Promise<ChainFile> {
  const { start = last, head = start } = verified;
  const file = await place.files.open(place.paths.current);
  return closedOnFailure(file, async () => {
    await file.truncate(current.length);
    const status = await statusOf(place);
    return new ChainFile({ ...place, key, file, status, last, firstSeq: start.seq + 1, unsigned: last.seq - head.seq });
  });
}

/** Begins a file with a line that says from which entry on files are kept, and removes older ones. */
export async function beginFile(place: ChainPlace, key: AuditKey, last: Link, closed: readonly number[]): Promise<ChainFile> {
  const { files, paths, keepFiles } = place;
  const file = await files.create(paths.current);
  return closedOnFailure(file, async () => {
    const status = await statusOf(place);
    await files.syncDirectory(paths.directory);
    const firstSeq = last.seq + 1;
    const chain = new ChainFile({ ...place, key, file, status, last, firstSeq, unsigned: 0 });
    await chain.put([{ type: 'file', keptFrom: closed.slice(1 - keepFiles)[0] ?? firstSeq }]);
    for (const firstOfFile of closed.slice(0, 1 - keepFiles)) await files.remove(paths.closed(firstOfFile));
    return chain;
  });
}

async function statusOf({ files, paths }: ChainPlace): Promise<FileStatus> {
  const status = await files.status(paths.current);
  if (status === undefined) throw Object.assign(new Error(`${paths.current} is gone`), { code: 'ENOENT' });
  return status;
}

async function closedOnFailure<Result>(file: Pick<OpenFile, 'close'>, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}
