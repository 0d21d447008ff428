import { dirname } from 'node:path';
import type { AgentConfig } from '../../config.js';
import type { Exposure } from '../private-file.js';
import { awaitState, type Clock } from './await-state.js';
import type { EventSource } from './event-source.js';
import type { ServiceManager } from './service-manager.js';
import { type Program, serviceImagePath, serviceName, serviceSettings } from './service-settings.js';
import { describeStatus, ServiceState, type ServiceStatus } from './service-status.js';
import { WindowsError } from './windows-error.js';

const ERROR_SERVICE_ALREADY_RUNNING = 1056;
const ERROR_SERVICE_NOT_ACTIVE = 1062;

/** What the actions work on. */
export interface ServiceHost {
  readonly manager: ServiceManager;
  readonly eventSource: EventSource;
  readonly program: Program;
  readonly clock: Clock;
  /** Where configuration, state and logs are. */
  readonly directory: string;
  /** Makes the directory and a first configuration, where there are none, and gives both the rights that they must have. */
  prepareDirectory(): void;
  /** @throws ConfigError */
  readConfig(): AgentConfig;
  /** Who may change a file or directory, and should not. */
  exposureOf(path: string): Exposure | undefined;
}

/** What a command came to. */
export interface ServiceCommandEnd {
  /** For standard output. */
  readonly text: string;
  readonly exitCode: number;
}

/** What `routefleet-agent service …` can do. */
export const serviceActions: Readonly<
  Record<'install' | 'uninstall' | 'start' | 'stop' | 'status', (host: ServiceHost) => Promise<ServiceCommandEnd>>
> = {
  install: async (host) => installService(host),
  uninstall: uninstallService,
  start: startService,
  stop: stopService,
  status: async (host) => statusOfService(host),
};

/** Makes the service, or sets it right; each part only where it is not as it should be. @throws ConfigError, WindowsError */
function installService(host: ServiceHost): ServiceCommandEnd {
  const { manager, eventSource, program, directory } = host;
  const imagePath = serviceImagePath(program);
  host.prepareDirectory();
  eventSource.register();
  const isNew = manager.status() === undefined;
  const unknown = manager.install(serviceSettings(imagePath, host.readConfig().drainTimeoutSeconds));
  const lines = [
    `the service ${serviceName} is ${isNew ? 'installed' : 'set right'}: ${imagePath}`,
    `configuration, state and logs: ${directory}`,
    ...unknown.map((setting) => `this Windows does not know the setting "${setting}": left out`),
    ...exposedProgram(host),
  ];
  return done(lines.join('\n'));
}

/** Whoever may change the program would be SYSTEM with the next start. */
function exposedProgram({ program: { executable, script }, exposureOf }: ServiceHost): string[] {
  const files = script === undefined ? [executable] : [executable, script];
  return files
    .flatMap((file) => [dirname(file), file])
    .flatMap((path) => exposureOf(path) ?? [])
    .map(({ message, remedy }) => `warning: ${message}. Remedy: ${remedy}.`);
}

/** Stops and removes the service; what is in the directory stays. @throws WindowsError */
async function uninstallService(host: ServiceHost): Promise<ServiceCommandEnd> {
  const { manager, eventSource, directory } = host;
  const isInstalled = manager.status() !== undefined;
  if (isInstalled) {
    const stopped = await stopService(host);
    if (stopped.exitCode !== 0) return stopped;
    manager.delete();
  }
  eventSource.remove();
  if (!isInstalled) return done(`the service ${serviceName} is not installed`);
  return done(`the service ${serviceName} is removed; ${directory} stays, with configuration, state and logs`);
}

/** Starts the service and waits until it runs. @throws WindowsError */
async function startService({ manager, clock, directory }: ServiceHost): Promise<ServiceCommandEnd> {
  unless(ERROR_SERVICE_ALREADY_RUNNING, () => manager.start());
  const status = await awaitState(manager.status, (now) => now?.state === ServiceState.START_PENDING, clock);
  if (status?.state === ServiceState.RUNNING) return done(describe(status));
  return failed(`${describe(status)}. Remedy: read ${directory}\\logs\\agent.log, or the Application log of the Event Viewer`);
}

/** Stops the service and waits until it has stopped. @throws WindowsError */
async function stopService({ manager, clock }: ServiceHost): Promise<ServiceCommandEnd> {
  unless(ERROR_SERVICE_NOT_ACTIVE, () => manager.stop());
  const isOnItsWay = (now: ServiceStatus | undefined): boolean => now !== undefined && now.state !== ServiceState.STOPPED;
  const status = await awaitState(manager.status, isOnItsWay, clock);
  if (status === undefined || status.state === ServiceState.STOPPED) return done(describe(status));
  return failed(`${describe(status)}. Remedy: wait; or end process ${status.processId}, whose changes are undone at the next start`);
}

/** @throws WindowsError */
function statusOfService({ manager }: ServiceHost): ServiceCommandEnd {
  const status = manager.status();
  return { text: `${describe(status)}\n`, exitCode: status?.state === ServiceState.RUNNING ? 0 : 1 };
}

function unless(code: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof WindowsError && error.code === code)) throw error;
  }
}

function describe(status: ServiceStatus | undefined): string {
  return `the service ${serviceName} is ${status === undefined ? 'not installed' : describeStatus(status)}`;
}

function done(text: string): ServiceCommandEnd {
  return { text: `${text}\n`, exitCode: 0 };
}

function failed(text: string): ServiceCommandEnd {
  return { text: `${text}\n`, exitCode: 1 };
}
