import { exitCodes } from '../../explain.js';
import type { ServiceSession } from './service-process.js';
import { acceptedWhileRunning, ServiceControl, ServiceState, type StatusReport, serviceSpecificError } from './service-status.js';

/** How often the service says that it still starts or stops, in ms. */
const tickMs = 2000;
/** By when the next sign of life comes, as Windows is told; a busy machine may need several times as long. */
const waitHintMs = 10_000;
const ERROR_CALL_NOT_IMPLEMENTED = 120;

/** What the work of a service says of itself. */
export interface WorkHooks {
  /** To be asked for when it is up. Resolves when Windows wants it to stop. */
  stopRequested(): Promise<void>;
}

/**
 * Follows the work of a service through the states that Windows knows: starting until it asks for {@link WorkHooks.stopRequested}, running, stopping from
 * the first stop, shutdown or pre-shutdown control on, stopped when it ends. While it starts or stops, checkpoints grow.
 *
 * @param work - returns the exit code; when it is done, Windows is told, and the process may be gone at any moment
 */
export async function superviseService(session: ServiceSession, work: (hooks: WorkHooks) => Promise<number>): Promise<number> {
  let checkpoint = 0;
  let state: number = ServiceState.START_PENDING;
  let stop: (() => void) | undefined;
  const report = (more: Partial<StatusReport> = {}): void => {
    session.report({ state, accepted: 0, exitCode: 0, specificExitCode: 0, checkpoint: 0, waitHintMs: 0, ...more });
  };
  const reportPending = (): void => {
    checkpoint += 1;
    report({ checkpoint, waitHintMs });
  };
  const ticking = setInterval(() => {
    if (state !== ServiceState.RUNNING) reportPending();
  }, tickMs);
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });

  session.onControl((control) => {
    switch (control) {
      case ServiceControl.STOP:
      case ServiceControl.SHUTDOWN:
      case ServiceControl.PRESHUTDOWN:
        if (state === ServiceState.RUNNING) {
          state = ServiceState.STOP_PENDING;
          checkpoint = 0;
          reportPending();
          stop?.();
        }
        return 0;
      case ServiceControl.INTERROGATE:
        return 0;
    }
    return ERROR_CALL_NOT_IMPLEMENTED;
  });
  reportPending();
  let exitCode: number = exitCodes.failed;
  try {
    exitCode = await work({
      stopRequested() {
        state = ServiceState.RUNNING;
        report({ accepted: acceptedWhileRunning });
        return stopped;
      },
    });
    return exitCode;
  } finally {
    clearInterval(ticking);
    state = ServiceState.STOPPED;
    report(exitCode === 0 ? {} : { exitCode: serviceSpecificError, specificExitCode: exitCode });
  }
}
