import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const writing = ['open', 'link', 'rename', 'rm', 'mkdir'] as const;

/** What became of a run that was to crash. */
export interface CrashedRun {
  /** It got to the call at which it was to crash. */
  readonly crashed: boolean;
}

/**
 * Runs something that dies at the n-th call (from 1) that touches the file system: that call and all later ones fail, also those that would clean
 * up. With ENOSPC it is a disk that is full from then on. Not for use beside other work in the same process.
 */
export async function crashAt(nth: number, run: () => Promise<unknown>, code = 'EDEAD'): Promise<CrashedRun> {
  const whole = Object.fromEntries(writing.map((name) => [name, promises[name]]));
  let calls = 0;
  for (const name of writing) {
    const real = promises[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(promises, {
      [name]: async (...args: unknown[]) => {
        calls += 1;
        if (calls >= nth) throw Object.assign(new Error(code), { code });
        return real(...args);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    await run().catch((error: unknown) => {
      if (calls < nth) throw error;
    });
  } finally {
    Object.assign(promises, whole);
    syncBuiltinESMExports();
  }
  return { crashed: calls >= nth };
}

/** Runs something, and at the moment when it is to put its first file of this name in place, other work before that. */
export async function beforeRenameTo(name: string, work: () => Promise<unknown>, run: () => Promise<unknown>): Promise<void> {
  const { rename } = promises;
  let begun = false;
  promises.rename = async (from, to) => {
    if (!begun && String(to).endsWith(name)) {
      begun = true;
      await work();
    }
    return rename(from, to);
  };
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    promises.rename = rename;
    syncBuiltinESMExports();
  }
}
