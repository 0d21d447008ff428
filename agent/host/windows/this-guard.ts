import { createSystem } from '../../iphlpapi/system.js';
import { createFileSecurity } from './file-security.js';
import { createFileGuard, type FileGuard } from './guard-files.js';

let guard: FileGuard | undefined;

/** The guard of the files of this Windows. */
export function thisFileGuard(): FileGuard {
  guard ??= createFileGuard(createFileSecurity(), createSystem().isElevated);
  return guard;
}
