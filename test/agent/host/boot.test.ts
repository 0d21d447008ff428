import { existsSync } from 'node:fs';
import { uptime } from 'node:os';
import { expect, it } from 'vitest';
import { sameBoot } from '../../../agent/commits/same-boot.js';
import { readHostBoot } from '../../../agent/host/boot.js';

const hasId = existsSync('/proc/sys/kernel/random/boot_id');

it.skipIf(!hasId)('a boot has the name that Linux gives it', () => {
  expect(readHostBoot().id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
});

it('a boot without a name has the time since', () => {
  const boot = readHostBoot('/no/such/file');
  expect(boot.id).toBeUndefined();
  expect(Math.abs(boot.uptimeSeconds - uptime())).toBeLessThan(5);
  expect(sameBoot(boot, readHostBoot('/no/such/file'))).toBe(true);
});
