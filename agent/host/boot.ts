import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { HostBoot } from '../commits/commit.js';

/** Which boot this is. Linux names its boots; elsewhere only the uptime tells them apart. */
export function readHostBoot(idFile = '/proc/sys/kernel/random/boot_id'): HostBoot {
  return { id: readId(idFile), uptimeSeconds: uptime() };
}

function readId(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
