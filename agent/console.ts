import pino, { type Logger } from 'pino';
import { formatConfig, parseConfig } from './config.js';
import { exitCodes } from './explain.js';
import { serve } from './serve.js';

const stopSignals: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  ...(process.platform === 'win32' ? (['SIGBREAK', 'SIGHUP'] as const) : []),
];

/** Whoever reads the log slowly, or not at all, must not hold up calls: lines wait in memory, and over so many bytes they are dropped. */
const output = { sync: false, maxLength: 4 * 1024 * 1024 } as const;

/**
 * Runs an agent on a console, or under a supervisor that sends signals.
 *
 * @returns what is to be printed at the end
 * @throws what {@link serve} and parseConfig throw
 */
export async function runOnConsole(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { config, printConfig } = parseConfig(args, environment);
  if (printConfig) return formatConfig(config);
  const log = pino({ name: 'routefleet-agent', level: config.logLevel }, pino.destination(output));
  await serve(config, { log, stopRequested: () => stopSignal(log) });
  return '';
}

/** Resolves at the first request to stop: a signal, or on Windows Ctrl+C, Ctrl+Break or a closed console. A second one ends the process at once. */
function stopSignal(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) {
      process.once(signal, () => {
        log.info({ signal }, 'stopping');
        process.once(signal, () => process.exit(exitCodes.failed));
        resolve();
      });
    }
  });
}
