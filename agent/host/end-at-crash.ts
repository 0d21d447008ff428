import type { Logger } from 'pino';
import { exitCodes } from '../explain.js';
import type { EventSink } from './agent-event.js';

/**
 * From now on whatever nobody caught is told to log and host, and ends the process: what it left undone is undone by the next start. A service says nothing to
 * Windows then, which takes it for a crash and starts it again.
 */
export function endAtCrash(log: Pick<Logger, 'fatal'>, events: EventSink): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected: the agent ends');
    events.report('crashed', `unexpected: ${error instanceof Error ? error.stack : String(error)}`);
    process.exit(exitCodes.failed);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
