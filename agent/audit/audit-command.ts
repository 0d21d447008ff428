import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { ConfigError } from '../config-error.js';
import { defaultStateDirectory } from '../host/state-directory.js';
import { type AuditPaths, auditPaths, closedFiles, nodeAuditFiles } from './files.js';
import { type LogFile, type Verified, verifyFiles, verifyLog, type Wrong } from './verify.js';

/** How often a log that looks wrong is read. */
const attempts = 2;
const againAfterMs = 500;

interface VerifyOptions {
  readonly stateDir?: string;
  readonly publicKey?: string;
}

/** What is found out about a log. */
export interface AuditFinding {
  /** For standard output. */
  readonly text: string;
  /** Nothing is wrong with it. */
  readonly whole: boolean;
}

/**
 * `routefleet-agent audit verify`: finds out whether an audit log was changed. Reads only, also while the agent runs.
 *
 * @throws ConfigError, or commander's CommanderError
 */
export async function runAudit(args: readonly string[]): Promise<AuditFinding> {
  const command = new Command('routefleet-agent audit')
    .description('Looks at the audit log.')
    .showHelpAfterError('Remedy: see routefleet-agent audit verify --help.')
    .exitOverride();
  let finding = { text: '', whole: false };
  command
    .command('verify')
    .description('Says whether the log is as the agent wrote it, or where it first is not. Exit code 1: it is not.')
    .argument('[file...]', 'files of a log, oldest first, wherever they come from (default: the whole log of --state-dir)')
    .option('--state-dir <directory>', 'state directory of the agent (default: the usual place)')
    .option('--public-key <file>', 'key that heads are verified with, PEM (default: audit-public.pem of the state directory)')
    .exitOverride()
    .action(async (paths: string[], options: VerifyOptions) => {
      finding = paths.length > 0 ? await verifyPaths(paths, options) : await verifyDirectory(options);
    });
  await command.parseAsync(args, { from: 'user' });
  return finding;
}

/** A part of a log: where it begins and ends cannot be told. */
async function verifyPaths(paths: readonly string[], { publicKey: keyPath }: VerifyOptions): Promise<AuditFinding> {
  if (keyPath === undefined) throw new ConfigError('files need --public-key', 'give the audit-public.pem of the host that they are from');
  return report(await verifyFiles(readAll(paths, readLog), await readKey(keyPath)), paths.length);
}

async function verifyDirectory({ stateDir = defaultStateDirectory(), publicKey: keyPath }: VerifyOptions): Promise<AuditFinding> {
  const paths = auditPaths(stateDir);
  const publicKey = await readKey(keyPath ?? paths.publicKey);
  for (let attempt = 1; ; attempt += 1) {
    const { head, closed } = await seen(paths);
    const parts = [...closed.map(paths.closed), paths.current];
    const found = await verifyLog(readAll(parts, readLogIfThere), head, publicKey);
    const now = await seen(paths);
    const stoodStill = `${head} ${closed}` === `${now.head} ${now.closed}`;
    if (stoodStill && (!('what' in found) || attempt >= attempts)) return report(found, parts.length);
    // An agent that runs may have been about to write a line, to sign, or to begin a file.
    await setTimeout(againAfterMs);
  }
}

/** The last head, and the first entries of the closed files. */
async function seen({ head, directory }: AuditPaths): Promise<{ readonly head: Buffer | undefined; readonly closed: readonly number[] }> {
  return { head: await nodeAuditFiles.read(head), closed: closedFiles(await nodeAuditFiles.list(directory)) };
}

async function* readAll(paths: readonly string[], read: (path: string) => Promise<Buffer>): AsyncGenerator<LogFile> {
  for (const file of paths) yield { file, bytes: await read(file) };
}

/** Where the log ends is told by its head. */
async function readLogIfThere(path: string): Promise<Buffer> {
  return (await nodeAuditFiles.read(path)) ?? Buffer.alloc(0);
}

async function readLog(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ConfigError(
      `the audit log cannot be read: ${(cause as Error).message}`,
      'check the path, and run it as administrator',
      cause,
    );
  }
}

async function readKey(path: string): Promise<KeyObject> {
  try {
    return createPublicKey(await readFile(path));
  } catch (cause) {
    const remedy = 'give the audit-public.pem of the host, or its state directory by --state-dir';
    throw new ConfigError(`--public-key: ${(cause as Error).message}`, remedy, cause);
  }
}

function report(found: Verified | Wrong, files: number): AuditFinding {
  if ('what' in found) {
    const { file, line, what } = found;
    return { text: `WRONG: ${file}${line === 0 ? '' : `, line ${line}`}: ${what}\n`, whole: false };
  }
  const { start, last, firstTime, lastTime, heads, head } = found;
  if (start === undefined || last === undefined) return { text: 'WRONG: there are no entries\n', whole: false };
  const signed = head === undefined ? 'none' : `${heads}, the last at entry ${head.seq}`;
  const lines = [
    `entries: ${last.seq - start.seq}, ${start.seq + 1} to ${last.seq}, in ${files} ${files === 1 ? 'file' : 'files'}`,
    `time: ${firstTime} to ${lastTime}`,
    `signed heads: ${signed}; entries after it: ${last.seq - (head ?? start).seq}`,
    'OK',
  ];
  return { text: `${lines.join('\n')}\n`, whole: true };
}
