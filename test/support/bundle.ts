import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * Builds a program of this repository into one file, whose path comes back: without tsx, and with few files to load, it starts in a fraction of the
 * time. Whoever asked removes it.
 *
 * @param entry - "agent/main.ts"
 */
export async function bundleProgram(entry: string): Promise<string> {
  const name = `${entry.replaceAll('/', '-').slice(0, -'.ts'.length)}-${process.pid}-${bundles++}.mjs`;
  // In node_modules, where the packages that stay outside are found.
  const bundle = resolve(`node_modules/.cache/routefleet/${name}`);
  await promisify(execFile)('node_modules/.bin/esbuild', [
    ...[entry, '--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning'],
    // These load files that lie beside them.
    ...['--external:koffi', '--external:grpc-health-check', `--outfile=${bundle}`],
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  ]);
  return bundle;
}

/** Of this process; two suites may need the same one. */
let bundles = 0;
