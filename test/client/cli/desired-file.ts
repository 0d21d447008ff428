import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a desired state for one test and returns its path. */
export function desiredFile(text = 'owner: team-net\nroutes:\n  - { prefix: 10.9.0.0/16, nextHop: 10.20.0.1, metric: 5 }\n'): string {
  const directory = mkdtempSync(join(tmpdir(), 'routefleet-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'routes.yaml');
  writeFileSync(path, text);
  return path;
}
