import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isOpenToOthers, modeText } from '../../proto/private-mode.js';
import { PkiError } from './pki-error.js';

/** How a file is written. */
export interface WriteOptions {
  /** Default 0o644; keys have 0o600. Windows ignores it. */
  readonly mode?: number;
  /** Takes the place of a file that is there. Default false: that is an error. */
  readonly replace?: boolean;
}

/**
 * Writes a file that is there as a whole or not at all: it is on disk before it takes its name.
 *
 * @throws PkiError EXISTS, UNUSABLE
 */
export async function writeWhole(path: string, text: string, { mode = 0o644, replace = false }: WriteOptions = {}): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // A rename would replace what is there; a second name is refused.
    await (replace ? rename(temporary, path) : link(temporary, path));
    await syncDirectory(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new PkiError('EXISTS', `"${path}" is already there`, 'give another name, or --force to replace it', error);
    }
    throw unusable(path, 'written', error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Makes a directory for the owner alone, and those above it. @throws PkiError UNUSABLE */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(path, 'made', error);
  });
}

/** The text of a file; undefined when it is not there. @throws PkiError UNUSABLE */
export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unusable(path, 'read', error);
  });
}

/** The text of a file that the user named. @throws PkiError INVALID */
export async function readGiven(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PkiError('INVALID', `"${path}" cannot be read (${error.code})`, 'check the path and that this user may read the file', error);
  });
}

/**
 * The text of a private key; refused when others can read the file.
 *
 * @throws PkiError KEY_TOO_OPEN, UNUSABLE
 */
export async function readKey(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode } = await file.stat();
      if (!isOpenToOthers(mode)) return await file.readFile('utf8');
      const message = `the key "${path}" can be read or written by others (mode ${modeText(mode)})`;
      throw new PkiError('KEY_TOO_OPEN', message, `chmod 600 "${path}", and think about who may have read it`);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof PkiError ? error : unusable(path, 'read', error);
  }
}

/** Windows has no such thing, and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

function unusable(path: string, what: string, cause: unknown): PkiError {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  return new PkiError('UNUSABLE', `"${path}" cannot be ${what} (${code})`, 'see to its rights and its space', cause);
}
