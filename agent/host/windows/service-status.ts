/** States of a service. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status */
export const ServiceState = {
  STOPPED: 1,
  START_PENDING: 2,
  STOP_PENDING: 3,
  RUNNING: 4,
  CONTINUE_PENDING: 5,
  PAUSE_PENDING: 6,
  PAUSED: 7,
} as const;

/** Controls that Windows sends. https://learn.microsoft.com/windows/win32/api/winsvc/nc-winsvc-lphandler_function_ex */
export const ServiceControl = { STOP: 1, INTERROGATE: 4, SHUTDOWN: 5, PRESHUTDOWN: 15 } as const;

/** SERVICE_ACCEPT_STOP, SERVICE_ACCEPT_SHUTDOWN and SERVICE_ACCEPT_PRESHUTDOWN. */
export const acceptedWhileRunning = 0x105;

/** The members of SERVICE_STATUS that change while the service runs. */
export interface StatusReport {
  readonly state: number;
  readonly accepted: number;
  /** Win32 error of the end; {@link serviceSpecificError}: see `specificExitCode`. */
  readonly exitCode: number;
  readonly specificExitCode: number;
  /** Grows while a state is pending. */
  readonly checkpoint: number;
  /** Within which the next report comes, in ms. */
  readonly waitHintMs: number;
}

/** ERROR_SERVICE_SPECIFIC_ERROR */
export const serviceSpecificError = 1066;

/** What the service manager tells of a service. */
export interface ServiceStatus extends Omit<StatusReport, 'accepted'> {
  /** 0: none. */
  readonly processId: number;
}

const names: Readonly<Record<number, string>> = {
  1: 'stopped',
  2: 'starting',
  3: 'stopping',
  4: 'running',
  5: 'continuing',
  6: 'pausing',
  7: 'paused',
};

/** A status in words: "running (process 4711)", "stopped (exit code 64)". */
export function describeStatus({ state, exitCode, specificExitCode, processId }: ServiceStatus): string {
  const name = names[state] ?? `in state ${state}`;
  if (state !== ServiceState.STOPPED) return `${name} (process ${processId})`;
  // ERROR_SERVICE_NEVER_STARTED
  if (exitCode === 1077) return `${name} (not started since the last boot)`;
  if (exitCode === serviceSpecificError) return `${name} (failed with exit code ${specificExitCode})`;
  return exitCode === 0 ? name : `${name} (failed with Windows error ${exitCode})`;
}
