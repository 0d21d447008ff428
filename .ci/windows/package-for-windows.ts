import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExecutables } from './executables.js';
import { buildMsi } from './msi.js';
import { type Signing, sign } from './sign.js';

/** A file that was built. */
export interface BuiltFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * Builds executables and installer into a directory, which is emptied before, with their checksums (`SHA256SUMS`, for `sha256sum --check`).
 *
 * @param signing - default: nothing is signed
 */
export async function packageForWindows(directory: string, signing?: Signing): Promise<readonly BuiltFile[]> {
  await rm(directory, { recursive: true, force: true });
  const names = await buildExecutables(directory);
  const signIfAsked = async (name: string): Promise<void> => signing && sign(join(directory, name), signing);
  for (const name of names) if (name.endsWith('.exe')) await signIfAsked(name);
  const files = await Promise.all(names.map((name) => measure(directory, name)));
  // The installer takes its identity from it.
  await writeSums(directory, files);
  const msi = await buildMsi(directory);
  await signIfAsked(msi);
  const all = [...files, await measure(directory, msi)];
  await writeSums(directory, all);
  return all;
}

async function measure(directory: string, name: string): Promise<BuiltFile> {
  const content = await readFile(join(directory, name));
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

function writeSums(directory: string, files: readonly BuiltFile[]): Promise<void> {
  return writeFile(join(directory, 'SHA256SUMS'), files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
}
