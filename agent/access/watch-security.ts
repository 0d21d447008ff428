import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { loadSecurity, type Security, type SecurityFiles } from './security-files.js';

/** How often the files are looked at, in ms. Those that changed are taken when they are the same at the next look: a pair is not written at once. */
const intervalMs = 200;

/** While bad files stand beside good rules, the log says so again after this time, in ms. */
const repeatMs = 60_000;

/** Follows the files; what can be used is handed to `take`, and what cannot is told in the log and changes nothing. */
export function watchSecurity(files: SecurityFiles, take: (security: Security) => void, log: Logger): { close(): Promise<void> } {
  const paths = Object.values(files).filter((path) => path !== undefined);
  const closed = new AbortController();
  let loaded: string | undefined;
  let seen: string | undefined;
  let toldAt = 0;

  async function look(): Promise<void> {
    const state = await stateOf(paths);
    loaded ??= state;
    const isSettled = state === seen;
    seen = state;
    if (state === loaded || !isSettled) return;
    try {
      const security = await loadSecurity(files);
      // They may have changed while they were read.
      if ((await stateOf(paths)) !== state || closed.signal.aborted) return;
      loaded = state;
      toldAt = 0;
      take(security);
      log.info({ files: paths }, 'certificates and rules are replaced');
      for (const warning of security.warnings) log.warn(warning);
    } catch (error) {
      if (toldAt !== 0 && Date.now() - toldAt < repeatMs) return;
      toldAt = Date.now();
      log.error({ err: error }, 'the new certificates or rules cannot be used; the old ones hold');
    }
  }

  const watching = (async () => {
    while (!closed.signal.aborted) {
      await look().catch((error: unknown) => log.error({ err: error }, 'certificates and rules could not be looked at'));
      await pause(closed.signal);
    }
  })();
  return {
    async close() {
      closed.abort();
      await watching;
    },
  };
}

/** Names content as far as a file system tells without reading. */
async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs, mode }) => `${ino} ${size} ${mtimeNs} ${mode}`,
        (error: NodeJS.ErrnoException) => `${error.code}`,
      ),
    ),
  );
  return states.join('\n');
}

/** Does not keep the process. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, intervalMs).unref();
    signal.addEventListener('abort', done);
  });
}
