import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundlePrograms, programs } from '../../.ci/bundle.js';
import { fetchKoffi, fetchWindowsNode } from '../../.ci/windows/parts.js';
import { createTemporaryDirectory } from './temporary.js';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../..');

/** The programs as a Windows host would have them. */
export interface StagedPrograms {
  readonly directory: string;
  /** What starts one, such as "routefleet-agent": Unix path of a Windows program, and its first arguments. */
  command(name: string): readonly [program: string, ...args: string[]];
  remove(): Promise<void>;
}

/** The package as it is there after npm install --omit=dev, and a node.exe. */
export interface StagedPackage extends StagedPrograms {
  /** Unix path of node.exe. */
  readonly node: string;
  /** Path of one of the package's programs, such as "routefleet-agent". */
  bin(name: string): string;
}

/** Builds the package of the working tree into a temporary directory, with its production dependencies and koffi for Windows. */
export async function stagePackage(): Promise<StagedPackage> {
  const directory = await createTemporaryDirectory('stage');
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Manifest;
    const node = await fetchWindowsNode();
    await build(directory);
    await copyFile(join(repository, 'package.json'), join(directory, 'package.json'));
    await copyProductionDependencies(directory);
    await addWindowsKoffi(directory);
    const bin = (name: string): string => join(directory, manifest.bin[name] ?? '');
    return { directory, node, bin, command: (name) => [node, bin(name)], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
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

async function addWindowsKoffi(directory: string): Promise<void> {
  const { koffi } = await fetchKoffi();
  await cp(koffi, join(directory, 'node_modules/@koromix/koffi-win32-x64'), { recursive: true });
}
