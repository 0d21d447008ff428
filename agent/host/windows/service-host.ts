import { writeFileSync } from 'node:fs';
import { isSea } from 'node:sea';
import { systemClock } from './await-state.js';
import { createEventSource } from './event-source.js';
import { dataDirectory } from './known-paths.js';
import type { ServiceHost } from './service-actions.js';
import { readServiceConfig, serviceConfigPath, starterConfig } from './service-config.js';
import { createServiceManager } from './service-manager.js';
import { thisFileGuard } from './this-guard.js';

/** This Windows, and this program. */
export function createServiceHost(): ServiceHost {
  const directory = dataDirectory();
  const guard = thisFileGuard();
  return {
    manager: createServiceManager(),
    eventSource: createEventSource(),
    program: { executable: process.execPath, script: isSea() ? undefined : process.argv[1] },
    clock: systemClock,
    directory,
    prepareDirectory() {
      guard.prepareDirectory(directory);
      writeStarterConfig(directory);
      guard.check(serviceConfigPath(directory), 'write');
    },
    readConfig: () => readServiceConfig(directory),
    exposureOf: (path) => guard.exposureOf(path, 'write'),
  };
}

function writeStarterConfig(directory: string): void {
  try {
    writeFileSync(serviceConfigPath(directory), starterConfig.replaceAll('\n', '\r\n'), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
