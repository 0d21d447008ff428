import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '../node_modules/.cache/routefleet');

/** One exact version of a package of the npm registry. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Checksum as a lock file has it, "sha512-…". Default: whatever the registry says. */
  readonly integrity?: string;
}

/**
 * Directory with the content of a package, fetched when it is not in the cache yet; npm checks the registry's checksum. Not to be written to.
 *
 * @throws when the registry delivers anything but this package in this version
 */
export async function fetchNpmPackage(wanted: NpmPackage): Promise<string> {
  // What came without a known checksum is never taken for what has one.
  const known = wanted.integrity === undefined ? '' : `-${createHash('sha256').update(wanted.integrity).digest('hex').slice(0, 8)}`;
  const directory = join(cache, `${wanted.name.replaceAll(/[@/]/g, '_')}-${wanted.version}${known}`);
  if (existsSync(directory)) return directory;
  await mkdir(cache, { recursive: true });
  // On the same file system, so that the renaming at the end is all or nothing, also with several processes.
  const scratch = await mkdtemp(join(cache, 'fetch-'));
  try {
    const archive = join(scratch, await pack(wanted, scratch));
    await checkIntegrity(wanted, archive);
    await run('tar', ['-xzf', archive, '-C', scratch]);
    const content = join(scratch, 'package');
    await check(wanted, content);
    await rename(content, directory).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(directory)) throw error;
    });
    return directory;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Fetches the archive into the directory, where it is the only one, and returns its name. */
async function pack({ name, version }: NpmPackage, destination: string): Promise<string> {
  const args = ['pack', `${name}@${version}`, '--pack-destination', destination, '--prefer-offline', '--loglevel', 'error'];
  await run('npm', args, { cwd: destination });
  const archive = (await readdir(destination)).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${name}@${version} delivered nothing`);
  return archive;
}

async function checkIntegrity({ name, version, integrity }: NpmPackage, archive: string): Promise<void> {
  if (integrity === undefined) return;
  const found = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (found !== integrity) throw new Error(`the registry delivered ${name}@${version} with the checksum ${found} instead of ${integrity}`);
}

async function check(wanted: NpmPackage, content: string): Promise<void> {
  const { name, version } = JSON.parse(await readFile(join(content, 'package.json'), 'utf8')) as NpmPackage;
  if (name === wanted.name && version === wanted.version) return;
  throw new Error(`the registry delivered ${name}@${version} for ${wanted.name}@${wanted.version}`);
}
