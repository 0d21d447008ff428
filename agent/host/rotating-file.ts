import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';

/** How a log is kept. */
export interface RotatingFileOptions {
  /** "…/agent.log"; earlier files are "agent.1.log" (the youngest), "agent.2.log" and so on. Its directory is made. */
  readonly path: string;
  /** A file that has reached it is followed by a new one. */
  readonly maxBytes: number;
  /** Earlier files that stay, at least 1. */
  readonly keep: number;
}

/** Where a logger writes its lines. */
export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

/**
 * A log file that never takes more room than agreed. Lines are with the system when `write` returns, so that the last one before a crash is there, and
 * no worker thread is needed. What cannot be written is lost: a full disk must not stop the agent.
 *
 * @throws the system's error when the file cannot be opened at first
 */
export function openRotatingFile({ path, maxBytes, keep }: RotatingFileOptions): RotatingFile {
  const { dir, name, ext } = parse(path);
  const earlier = (age: number): string => (age === 0 ? path : join(dir, `${name}.${age}${ext}`));
  mkdirSync(dirname(path), { recursive: true });
  let file: number | undefined = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  let rotateAt = maxBytes;

  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const rotate = (): void => {
    close();
    try {
      for (let age = keep - 1; age >= 0; age -= 1) renameIfThere(earlier(age), earlier(age + 1));
      rotateAt = maxBytes;
    } catch {
      // On Windows somebody who reads a file can hold on to it: written on, and tried again after as much again.
      rotateAt += maxBytes;
    }
  };
  return {
    write(line) {
      try {
        if (size >= rotateAt) rotate();
        if (file === undefined) {
          file = openSync(path, 'a', 0o600);
          size = fstatSync(file).size;
        }
        size += writeSync(file, line);
      } catch {
        // The next line tries again.
      }
    },
    close,
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
