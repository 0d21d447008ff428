import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the process runs that a name such as "routefleet-wine-4711-x2aBc9" belongs to. */
export function isOwnerAlive(name: string): boolean {
  const [, pid] = /-(\d+)(?:-\w+)?$/.exec(name) ?? [];
  try {
    // Signal 0 only asks.
    return pid === undefined || process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

/** Makes a fresh directory of a kind ("wine"), and removes those that killed test runs left behind. */
export async function createTemporaryDirectory(kind: string): Promise<string> {
  const prefix = `routefleet-${kind}-`;
  for (const name of await readdir(tmpdir())) {
    if (name.startsWith(prefix) && !isOwnerAlive(name)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}
