import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { ConfigError } from '../../config-error.js';
import { exitCodes, explain } from '../../explain.js';
import { serve } from '../../serve.js';
import { openRotatingFile } from '../rotating-file.js';
import { dataDirectory } from './known-paths.js';
import { readServiceConfig } from './service-config.js';
import { dispatchService } from './service-process.js';
import { superviseService, type WorkHooks } from './supervise.js';

const logFile = { maxBytes: 10 * 1024 * 1024, keep: 5 } as const;

/**
 * `routefleet-agent service run`: what Windows starts.
 *
 * @returns exit code
 * @throws ConfigError when Windows did not start it
 */
export async function runService(): Promise<number> {
  let ended = Promise.resolve<number>(exitCodes.failed);
  const { wasService, code } = await dispatchService((session) => {
    ended = superviseService(session, work);
  });
  if (!wasService) {
    throw new ConfigError(
      `"service run" is for the service manager of Windows alone, which did not start this process (Windows error ${code})`,
      'run "routefleet-agent service start" to start the service, or "routefleet-agent" without "service run" for a console',
    );
  }
  return ended;
}

async function work(hooks: WorkHooks): Promise<number> {
  const directory = dataDirectory();
  const log = openLog(directory);
  try {
    const config = readServiceConfig(directory);
    log.level = config.logLevel;
    await serve(config, {
      log,
      async stopRequested() {
        await hooks.stopRequested();
        log.info('stopping');
      },
    });
    return 0;
  } catch (error) {
    const { text, exitCode } = explain(error);
    log.fatal({ err: error }, text);
    return exitCode;
  }
}

function openLog(directory: string): Logger {
  const file = openRotatingFile({ path: join(directory, 'logs', 'agent.log'), ...logFile });
  const log = pino({ name: 'routefleet-agent' }, file);
  const fail = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected: the service ends, and Windows starts it again');
    // Without a word to Windows: so it is a crash, which the recovery actions answer.
    process.exit(exitCodes.failed);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  return log;
}
