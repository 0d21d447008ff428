import { isAbsolute } from 'node:path';
import { ConfigError } from '../../config-error.js';

/** By this name Windows, group policies and the installer know the service. */
export const serviceName = 'routefleet-agent';

/** What is added to the time of draining before Windows may cut a shutdown short: commits that wait are undone in it, in s. */
const undoSeconds = 20;

/** What the service manager keeps of the service. */
export interface ServiceSettings {
  readonly displayName: string;
  readonly description: string;
  /** The command line. */
  readonly imagePath: string;
  /** Services that are started before it. */
  readonly dependencies: readonly string[];
  /** After how long each failure in a row is answered by a new start, in ms; the last one holds for all that follow. */
  readonly restartDelaysMs: readonly number[];
  /** After how long without a failure counting begins anew, in s. */
  readonly failureResetSeconds: number;
  readonly preshutdownTimeoutMs: number;
}

/** @param drainTimeoutSeconds of the configuration */
export function serviceSettings(imagePath: string, drainTimeoutSeconds: number): ServiceSettings {
  return {
    displayName: 'routefleet agent',
    description:
      'Offers the routing table of this host over gRPC to the controllers of its fleet, and undoes changes that nobody confirms.',
    imagePath,
    // Network Store Interface and TCP/IP: without them iphlpapi.dll has no routing table.
    dependencies: ['nsi', 'Tcpip'],
    restartDelaysMs: [1000, 10_000, 60_000],
    failureResetSeconds: 86_400,
    preshutdownTimeoutMs: preshutdownTimeoutMs(drainTimeoutSeconds),
  };
}

/** How long Windows waits for the service before it shuts down. */
export function preshutdownTimeoutMs(drainTimeoutSeconds: number): number {
  return (drainTimeoutSeconds + undoSeconds) * 1000;
}

/** How this program was started. */
export interface Program {
  /** process.execPath */
  readonly executable: string;
  /** process.argv[1]; undefined: the executable holds the program itself. */
  readonly script: string | undefined;
}

/**
 * The command line of the service, quoted: Windows would try `C:\Program.exe` for `C:\Program Files\…` first.
 *
 * @throws ConfigError for a program that does not run by node.exe alone
 */
export function serviceImagePath({ executable, script }: Program): string {
  if (script === undefined) return `"${executable}" service run`;
  if (!isAbsolute(script) || !/\.[cm]?js$/.test(script)) {
    throw new ConfigError(
      `${script} does not run as a service: node.exe alone cannot load it`,
      'build the package ("npm run build") and run dist/programs/routefleet-agent.mjs, or use routefleet-agent.exe',
    );
  }
  return `"${executable}" "${script}" service run`;
}
