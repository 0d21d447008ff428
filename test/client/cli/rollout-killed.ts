import { open } from 'node:fs/promises';
import { runCli } from '../../../client/cli/run-cli.js';

/*
 * A command line that dies by SIGKILL at its n-th synced write: `before`, when it is written and not synced; `after`, when it is on disk and nothing was
 * done about it; `torn`, in the middle of writing it.
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
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<unknown>;
}

const file = await open(process.execPath);
const handle: Handle = Object.getPrototypeOf(file);
await file.close();
const { sync, write } = handle;

handle.sync = async function (this: Handle) {
  syncs += 1;
  if (syncs === Number(at) && how === 'before') return die();
  await sync.call(this);
  if (syncs === Number(at)) await die();
};

handle.write = async function (this: Handle, buffer, offset, length, position) {
  if (how !== 'torn' || syncs !== Number(at) - 1) return write.call(this, buffer, offset, length, position);
  await write.call(this, buffer, offset, Math.floor(length / 2), position);
  return die();
};

process.exit(
  await runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    color: { stdout: false, stderr: false },
    signal: new AbortController().signal,
  }),
);
