import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Parts } from './parts.js';
import { editExecutable, type VersionTexts } from './pe.mjs';

/** What Node.js looks at: whether there is a blob. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** A program for Windows that needs no Node.js on the host. */
export interface SingleExecutable {
  readonly code: string;
  /** Files that it carries, by name. */
  readonly assets: Readonly<Record<string, string>>;
  readonly version: VersionTexts;
}

/**
 * Makes the bytes of the .exe: node.exe with the program inside.
 *
 * @param scratch - a directory for files on the way
 */
export async function makeExecutable({ code, assets, version }: SingleExecutable, parts: Parts, scratch: string): Promise<Uint8Array> {
  const blob = await makeBlob(code, assets, parts, scratch);
  return editExecutable(blownFuse(await readFile(parts.windowsNode)), { blob, version });
}

async function makeBlob(code: string, assets: SingleExecutable['assets'], { linuxNode }: Parts, scratch: string): Promise<Uint8Array> {
  // The blob holds the name of this file, and so does every stack trace: not that of a directory of this machine.
  const [main, output, config] = ['program.cjs', 'blob', 'sea-config.json'] as const;
  // A snapshot or compiled code of Linux is of no use on Windows, and would differ from build to build.
  const settings = { main, output, assets, disableExperimentalSEAWarning: true, useSnapshot: false, useCodeCache: false };
  try {
    await writeFile(join(scratch, main), code);
    await writeFile(join(scratch, config), JSON.stringify(settings));
    await promisify(execFile)(linuxNode, ['--experimental-sea-config', config], { cwd: scratch });
    return await readFile(join(scratch, output));
  } finally {
    await Promise.all([main, output, config].map((file) => rm(join(scratch, file), { force: true })));
  }
}

/** @throws when there is not exactly one whole fuse */
function blownFuse(node: Buffer): Buffer {
  const whole = `${fuse}:0`;
  const position = node.indexOf(whole);
  if (position < 0 || node.indexOf(whole, position + 1) >= 0) throw new Error(`node.exe has not exactly one ${whole}`);
  node.write('1', position + whole.length - 1);
  return node;
}
