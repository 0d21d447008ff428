import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config-error.js';

/** A native module that a single executable carries. */
export interface NativeModule {
  /** "koffi" */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Puts the module into the directory, where Windows can load it, and proves that what lies there is the module.
 *
 * The directory is one beside the executable, since whoever may write there may replace the executable itself: no other place would add nothing
 * to what has to be trusted. A place of its own in %ProgramData% or %TEMP% may be made beforehand by any user, and its access list cannot be read
 * before there is a native module. Names hold the hash, so that versions do not meet, and a file that is in use is never replaced.
 *
 * @returns the path of the file
 * @throws ConfigError when the file there is another one, or cannot be written
 */
export function unpackNativeModule({ name, bytes }: NativeModule, directory: string): string {
  const hash = sha256(bytes);
  const path = join(directory, fileName(name, hash));
  let content = read(path);
  if (content === undefined) {
    write(path, bytes, directory);
    content = read(path) ?? new Uint8Array();
  }
  const found = sha256(content);
  if (found === hash) return path;
  throw new ConfigError(
    `the native module ${path} is not the one that this executable carries: its SHA-256 is ${found}, not ${hash}`,
    'find out who wrote it, delete it, and let nobody but administrators write to its directory; the next start unpacks it anew',
  );
}

/** Name of the file that it is unpacked to, "koffi-a77b6bb6f60cdd36.node". */
export function nativeModuleFile({ name, bytes }: NativeModule): string {
  return fileName(name, sha256(bytes));
}

function fileName(name: string, hash: string): string {
  return `${name}-${hash.slice(0, 16)}.node`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, 'read', error);
  }
}

/** All or nothing: another process may start at the same time. */
function write(path: string, bytes: Uint8Array, directory: string): void {
  const scratch = join(directory, `${randomUUID()}.tmp`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(scratch, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(scratch, path);
  } catch (error) {
    // One that was quicker has it in use already, so that Windows does not let it be replaced.
    if (read(path) === undefined) throw unusable(path, 'written', error);
  } finally {
    rmSync(scratch, { force: true });
  }
}

function unusable(path: string, what: string, cause: unknown): ConfigError {
  return new ConfigError(
    `the native module ${path} cannot be ${what}: ${(cause as Error).message}`,
    'run the executable once elevated, as its installer does, or put it into a directory in which you can write',
    cause,
  );
}
