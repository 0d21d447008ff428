// Compiles the sources as the package is, without what tsx adds to them, and runs the benchmarks: npm run bench -- [name…] [--rounds n] [--json]
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const outdir = 'node_modules/.cache/routefleet/bench';
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }');
await build({
  entryPoints: ['agent/**/*.ts', 'client/**/*.ts', 'proto/**/*.ts', 'test/bench/**/*.ts', 'test/support/**/*.ts', '.ci/bundle.ts'],
  ...{ outdir, outbase: '.', format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' },
});
const child = spawn(process.execPath, ['--expose-gc', join(outdir, 'test/bench/main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
