import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { missingForPackaging } from '../support/packaging.js';
import { missingForWine } from '../support/wine.js';
import { type Benchmark, resultOf } from './benchmark.js';
import type { Start } from './windows-start-program.js';

/** The single executable beside what it is made of. */
export const windowsStart: Benchmark = {
  name: 'windows-start',
  about:
    'routefleet-agent.exe under Wine, from its start to its first answer, and the most memory until then, against node.exe with the package as npm installs it',
  missing: () => missingForPackaging() ?? missingForWine(),
  async run({ rounds }) {
    // From the sources: building needs the repository around it.
    const args = ['--import', 'tsx', 'test/bench/windows-start-program.ts', String(rounds)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const pairs = JSON.parse(stdout) as readonly { readonly executable: Start; readonly script: Start }[];
    const told = { unit: 'ms', what: 'start to first answer', goal: { most: 1 } } as const;
    return [
      resultOf(
        told,
        pairs.map(({ executable, script }) => [executable.ms, script.ms]),
      ),
      resultOf(
        { unit: 'MiB', what: 'memory', goal: { most: 1.1 } },
        pairs.map(({ executable, script }) => [executable.mebibytes, script.mebibytes]),
      ),
    ];
  },
};
