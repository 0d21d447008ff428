import type { Logger } from 'pino';
import { type LoadedSecurity, loadSecurity, type Security, type SecurityFiles, stateOf } from './security-files.js';

/** How often the files are looked at, in ms. Those that changed are taken when they are the same at the next look: a pair is not written at once. */
const intervalMs = 200;

/** While bad files stand beside good rules, the log says so again after this time, in ms. */
const repeatMs = 60_000;

/** How often what ended while it was in use is told, in ms. */
const warnMs = 3_600_000;

/**
 * Follows the files; what can be used is handed to `take`, and what cannot is told in the log and changes nothing.
 *
 * @param current - what holds now, and whose warnings were told: files that changed since they were read for it are taken as well
 * @param now - milliseconds since 1970
 */
export function watchSecurity(
  files: SecurityFiles,
  current: LoadedSecurity,
  take: (security: Security) => void,
  log: Logger,
  now: () => number = Date.now,
): { close(): Promise<void> } {
  const paths = Object.values(files).filter((path) => path !== undefined);
  const closed = new AbortController();
  let loaded = current.state;
  let seen: string | undefined;
  let holding = current;
  let warnedAt = now();
  let told: { readonly state: string; readonly at: number } | undefined;

  async function look(): Promise<void> {
    const state = await stateOf(files);
    const isSettled = state === seen;
    seen = state;
    if (state === loaded || !isSettled) return;
    try {
      const security = await loadSecurity(files);
      // They may have changed while they were read.
      if (security.state !== state || (await stateOf(files)) !== state || closed.signal.aborted) return;
      loaded = state;
      told = undefined;
      holding = security;
      warnedAt = now();
      take(security);
      log.info({ files: paths }, 'certificates and rules are replaced');
      for (const warning of security.warnings) log.warn(warning);
    } catch (error) {
      if (told?.state === state && Date.now() - told.at < repeatMs) return;
      told = { state, at: Date.now() };
      log.error({ err: error }, 'the new certificates or rules cannot be used; the old ones hold');
    }
  }

  function warn(): void {
    if (now() - warnedAt < warnMs) return;
    warnedAt = now();
    for (const warning of holding.warningsAt(warnedAt)) log.warn(warning);
  }

  const watching = (async () => {
    while (!closed.signal.aborted) {
      warn();
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
