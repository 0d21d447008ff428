import { rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bundlePrograms } from '../../.ci/bundle.js';

/** A program as the package has it, in a directory of its own. */
export interface BundledProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Builds a program of this repository as the package is built: without tsx, and with few files to load, it starts in a fraction of the time.
 *
 * @param entry - "agent/main.ts"
 */
export async function bundleProgram(entry: string): Promise<BundledProgram> {
  const name = basename(entry, '.ts');
  // In node_modules, where the packages that stay outside are found.
  const directory = resolve(`node_modules/.cache/routefleet/program-${process.pid}-${programs++}`);
  await bundlePrograms({ [name]: entry }, directory);
  return { path: join(directory, `${name}.mjs`), remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Of this process; two suites may need the same one. */
let programs = 0;
