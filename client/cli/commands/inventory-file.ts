import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { UsageError } from '../usage-error.js';

/** @throws UsageError when the file is there, so that nobody waits for a host in vain */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw existing(path);
}

/**
 * Writes a file that must not be there yet; with `force` it takes the place of the one that is there only when it is complete.
 *
 * @throws UsageError
 */
export async function writeNewFile(path: string, text: string, { force }: { readonly force: boolean }): Promise<void> {
  try {
    if (!force) return await writeFile(path, text, { flag: 'wx' });
    const next = `${path}.${randomUUID()}`;
    try {
      await writeFile(next, text, { flag: 'wx' });
      await rename(next, path);
    } catch (error) {
      await rm(next, { force: true });
      throw error;
    }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw existing(path);
    throw new UsageError(`"${path}" cannot be written (${code})`, 'check the path and that this user may write there');
  }
}

function existing(path: string): UsageError {
  return new UsageError(`"${path}" is already there`, 'give another name for --out, or --force to replace it');
}
