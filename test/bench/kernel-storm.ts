import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operationPrefix } from './operations.js';

/** Next hop of dmz0 on the kernel rig's host. */
export const dmzNextHop = '192.0.2.1';

/** A file of `ip -batch` that adds so many routes on dmz0, in a directory that whoever asked removes. */
export function writeBatch(count: number): { readonly directory: string; readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'routefleet-bench-batch-'));
  const path = join(directory, 'routes');
  const lines = Array.from({ length: count }, (_, index) => `route add ${operationPrefix(index)} via ${dmzNextHop} dev dmz0 metric 300\n`);
  writeFileSync(path, lines.join(''));
  return { directory, path };
}
