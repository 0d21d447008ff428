import { build } from 'esbuild';

/** The programs of the package. */
export const programs: Readonly<Record<string, string>> = {
  'routefleet-agent': 'agent/main.ts',
  routefleet: 'client/cli/main.ts',
  // What `routefleet --workers` starts.
  worker: 'client/fleet/workers/worker.ts',
};

/**
 * Makes programs of this repository start fast: one file each, and further ones for what is loaded when it is wanted. Loading hundreds of small files would
 * take an agent longer than all the rest that it does before it listens. koffi and gRPC reflection stay outside, as they load
 * what lies beside them: a native module, and proto files.
 *
 * @param entryPoints - names of programs, and the modules that they are made of: { "routefleet-agent": "agent/main.ts" }
 * @param outdir - gets "routefleet-agent.mjs" and its like
 */
export async function bundlePrograms(entryPoints: Readonly<Record<string, string>>, outdir: string): Promise<void> {
  await build({
    ...{ entryPoints, outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20' },
    // Of a package that has both forms the one with exports that can be told without running it: of the other a loaded part would have a default export alone.
    mainFields: ['module', 'main'],
    // Names stay, for stack traces; the rest of the text is memory of every agent.
    ...{ minifyWhitespace: true, minifySyntax: true, legalComments: 'linked', logLevel: 'warning' },
    ...{ outExtension: { '.js': '.mjs' }, chunkNames: 'part-[hash]', external: ['koffi', '@grpc/proto-loader', '@grpc/reflection'] },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}
