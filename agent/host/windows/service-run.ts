import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import type { AgentConfig } from '../../config.js';
import { ConfigError } from '../../config-error.js';
import { exitCodes, explain } from '../../explain.js';
import { endAtCrash } from '../end-at-crash.js';
import { ownFiles } from '../executable/own-files.js';
import { openRotatingFile } from '../rotating-file.js';
import { openEventLog } from './event-log.js';
import { dataDirectory } from './known-paths.js';
import { readServiceConfig, serviceConfigPath } from './service-config.js';
import { createServiceManager } from './service-manager.js';
import { dispatchService } from './service-process.js';
import { preshutdownTimeoutMs } from './service-settings.js';
import { superviseService, type WorkHooks } from './supervise.js';
import { thisFileGuard } from './this-guard.js';

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
  let log: Logger | undefined;
  let hasStarted = false;
  const events = openEventLog((event) => log?.warn({ event }, 'the Event Log did not take an event'));
  try {
    const directory = dataDirectory();
    const guard = thisFileGuard();
    // Before anything is written to it: a link of somebody else could lead the writer anywhere.
    guard.check(directory, 'write');
    log = openLog(directory);
    endAtCrash(log, events);
    for (const path of [serviceConfigPath(directory), ...ownFiles()]) guard.check(path, 'write');
    const config = readServiceConfig(directory);
    log.level = config.logLevel;
    announceDrainTime(config, log);
    // Only now: loading all of it takes longer than the rest, and Windows waits 30 s for a service to report.
    const { serve } = await import('../../serve.js');
    await serve(config, {
      log,
      events,
      checkFile(path) {
        // What is missing is made, or missed, later.
        if (existsSync(path)) guard.check(path, 'write');
      },
      async stopRequested() {
        hasStarted = true;
        await hooks.stopRequested();
        log?.info('stopping');
      },
    });
    return 0;
  } catch (error) {
    const { text, exitCode } = explain(error);
    log?.fatal({ err: error }, text);
    events.report(hasStarted ? 'crashed' : 'startFailed', text);
    return exitCode;
  } finally {
    events.close();
  }
}

/** The time to drain may be another one than at the installation. */
function announceDrainTime({ drainTimeoutSeconds }: AgentConfig, log: Logger): void {
  try {
    createServiceManager().setPreshutdownTimeout(preshutdownTimeoutMs(drainTimeoutSeconds));
  } catch (error) {
    // An account other than SYSTEM may not.
    log.warn({ err: error }, 'Windows was not told how long a shutdown may take; it waits as long as at the installation');
  }
}

function openLog(directory: string): Logger {
  return pino({ name: 'routefleet-agent' }, openRotatingFile({ path: join(directory, 'logs', 'agent.log'), ...logFile }));
}
