import type { Logger } from 'pino';
import type { EventSink } from './agent-event.js';

/**
 * From now on whatever nobody caught is told to log and host, and ends the process at once: what it left undone is undone by the next start. To Windows
 * that is a crash, after which it starts the service again.
 *
 * The process ends itself as a killer would: process.exit waits for the threads of libuv, and one of them is in StartServiceCtrlDispatcherW, which
 * returns when the service has stopped. So it would hang, and Windows would take it for running.
 */
export function endAtCrash(log: Pick<Logger, 'fatal'>, events: EventSink): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected: the agent ends');
    events.report('crashed', `unexpected: ${error instanceof Error ? error.stack : String(error)}`);
    process.kill(process.pid, 'SIGKILL');
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
