import { createPublicKey } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import type { AuditEntry } from '../../../agent/audit/audit.js';
import { FileAuditLog, type FileAuditLogOptions } from '../../../agent/audit/file-audit-log.js';
import { type AuditFiles, auditPaths, closedFiles, nodeAuditFiles } from '../../../agent/audit/files.js';
import { splitLines } from '../../../agent/audit/line.js';
import { type LogFile, type Verified, verifyLog, type Wrong } from '../../../agent/audit/verify.js';
import { type Fault, type FileCall, makeFaultyFiles } from '../commits/journal/faulty-files.js';

/** A log in a state directory. */
export function openLog(stateDirectory: string, options: Partial<FileAuditLogOptions> = {}): FileAuditLog {
  return new FileAuditLog({ stateDirectory, log: pino({ level: 'silent' }), ...options });
}

/** A call of somebody, of which there are many. */
export function callOf(commit: string): AuditEntry {
  return { type: 'call', rpc: 'ApplyRoutes', identity: 'urn:test:jane', peer: '192.0.2.7:50123', outcome: 'OK', reason: undefined, commit };
}

/** What is in the directory of a log. */
export interface WrittenLog {
  /** Oldest first. */
  readonly files: readonly LogFile[];
  readonly head: Buffer | undefined;
  readonly publicKey: ReturnType<typeof createPublicKey>;
}

export async function readWritten(stateDirectory: string): Promise<WrittenLog> {
  const paths = auditPaths(stateDirectory);
  const closed = closedFiles(await readdir(paths.directory)).map(paths.closed);
  const names = [...closed, paths.current];
  return {
    files: await Promise.all(names.map(async (file) => ({ file, bytes: await readFile(file) }))),
    head: await nodeAuditFiles.read(paths.head),
    publicKey: createPublicKey(await readFile(paths.publicKey)),
  };
}

/** Every entry of a log, oldest first. */
export async function entriesOf(stateDirectory: string): Promise<Record<string, unknown>[]> {
  const { files } = await readWritten(stateDirectory);
  return files.flatMap(({ bytes }) => [...splitLines(bytes)].map((line) => JSON.parse(String(line))));
}

/** The log as it is on the disk, as a whole. */
export async function verifyWritten(stateDirectory: string): Promise<Verified | Wrong> {
  const { files, head, publicKey } = await readWritten(stateDirectory);
  return verifyLog(files, head, publicKey);
}

/** The host's files, but for calls that `fault` names. */
export function makeFaultyAuditFiles(fault: (call: FileCall) => Fault | undefined): AuditFiles {
  return { ...makeFaultyFiles(fault), list: nodeAuditFiles.list, makeDirectory: nodeAuditFiles.makeDirectory };
}

/** A disk that can be full. */
export interface SmallDisk {
  readonly files: AuditFiles;
  isFull: boolean;
}

/** When it is full, nothing is written any more, and half of what is tried first. */
export function makeSmallDisk(): SmallDisk {
  const writes: readonly FileCall['name'][] = ['write', 'create'];
  const disk: SmallDisk = {
    isFull: false,
    files: makeFaultyAuditFiles(({ name }) => (disk.isFull && writes.includes(name) ? { code: 'ENOSPC', tornBytes: 20 } : undefined)),
  };
  return disk;
}

/** The path of the file that is written now. */
export function currentOf(stateDirectory: string): string {
  return join(stateDirectory, 'audit', 'audit.jsonl');
}

/** Writes calls that are told apart by their commits. */
export async function writeCalls(log: FileAuditLog, from: number, to: number): Promise<void> {
  for (let entry = from; entry <= to; entry += 1) await log.write(callOf(String(entry)));
}

/** Changes the file that is written now, behind the agent's back. */
export async function rewriteCurrent(stateDirectory: string, change: (text: string) => string): Promise<void> {
  const path = currentOf(stateDirectory);
  await writeFile(path, change(String(await readFile(path))));
}
