import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExecutables } from '../../.ci/windows/executables.js';
import { createTemporaryDirectory } from './temporary.js';
import type { StagedPrograms } from './wine-stage.js';

/** Builds the single executables into a temporary directory, which is what a host without Node.js would have. */
export async function stageExecutables(): Promise<StagedPrograms> {
  const directory = await createTemporaryDirectory('executables');
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    await buildExecutables(directory);
    return { directory, command: (name) => [join(directory, `${name}.exe`)], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
