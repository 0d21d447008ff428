import { open } from 'node:fs/promises';
import { runCli } from '../../client/cli/run-cli.js';

/*
 * A command line that dies by SIGKILL at its n-th synced write: `before`, when nothing of it is written; `torn`, when half of it is; `after`, when it is on
 * disk and nothing was done about it. Arguments: how, n, and those of the command line.
 */

const [how, at, ...args] = process.argv.slice(2);
let syncs = 0;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

/** What a journal calls of a file. */
interface Handle {
  sync(): Promise<void>;
  write(buffer: Buffer, offset: number, length: number, position: number | null): Promise<unknown>;
  writeFile(content: Buffer): Promise<void>;
}

const file = await open(process.execPath);
const handle: Handle = Object.getPrototypeOf(file);
await file.close();
const { sync, write, writeFile } = handle;

handle.sync = async function (this: Handle) {
  const isLast = ++syncs === Number(at);
  // Of a directory: there was nothing to write.
  if (isLast && how === 'before') await die();
  await sync.call(this);
  if (isLast) await die();
};

handle.write = async function (this: Handle, buffer, offset, length, position) {
  await dieInstead(this, buffer.subarray(offset, offset + length), position);
  return write.call(this, buffer, offset, length, position);
};

handle.writeFile = async function (this: Handle, content) {
  await dieInstead(this, content, null);
  return writeFile.call(this, content);
};

async function dieInstead(file: Handle, content: Buffer, position: number | null): Promise<void> {
  if (syncs !== Number(at) - 1 || how === 'after') return;
  if (how === 'torn') await write.call(file, content, 0, Math.floor(content.length / 2), position);
  await die();
}

process.exit(
  await runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    color: { stdout: false, stderr: false },
    signal: new AbortController().signal,
  }),
);
