import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { builtinsByRequire, carriedProtos, koffiFrom } from './bundle-plugins.js';

const repository = join(import.meta.dirname, '../..');

/** A program in one file. */
export interface Bundle {
  /** What a single-executable application runs: CommonJS, as Node.js 22 wants it. */
  readonly code: string;
  /** Files that something of went into it, with paths from the top of the repository. */
  readonly files: readonly string[];
}

/**
 * Bundles a program with all its packages.
 *
 * @param entry - "agent/main.ts"
 */
export async function bundleForExecutable(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile: 'bundle.js',
    ...({ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', target: 'node22' } as const),
    ...({ legalComments: 'none', charset: 'utf8', logLevel: 'warning' } as const),
    // There are no files beside the program; the executable stands for them.
    define: { 'import.meta.url': 'executableUrl', 'import.meta.dirname': '__dirname' },
    plugins: [builtinsByRequire, carriedProtos(repository), koffiFrom(join(repository, 'agent/host/executable/koffi-native.ts'))],
  });
  // Modules have `await` at their top, which CommonJS has not: hence ESM inside a function.
  const code = [
    "'use strict';",
    "const executableUrl = require('node:url').pathToFileURL(process.execPath).href;",
    '(async () => {',
    (outputFiles[0]?.text ?? '').replace(/^#!.*/, ''),
    '})();',
    '',
  ].join('\n');
  return { code, files: filesIn(metafile) };
}

/** Without those of which tree shaking has left nothing; what plugins made of files has their name behind a colon. */
function filesIn({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file.replace(/^[\w-]+:/, '') : [])).toSorted();
}
