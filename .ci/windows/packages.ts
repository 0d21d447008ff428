import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

/** An npm package of which something is in an executable. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its manifest has it: "MIT", or an expression. */
  readonly license: string;
  /** SHA-512 of its archive by the lock file, in hexadecimal; undefined: the lock file does not tell. */
  readonly sha512?: string | undefined;
  /** Texts of its license files. */
  readonly licenseTexts: readonly string[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/** The packages that files belong to, sorted by name. @param files - paths from the top of the repository */
export async function packagesOf(files: readonly string[]): Promise<BundledPackage[]> {
  const lock = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')) as Lock;
  const directories = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []));
  const packages = await Promise.all(
    [...directories].map((directory) => readPackage(join(repository, directory), lock.packages[directory]?.integrity)),
  );
  const keyed = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...keyed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** @param integrity - as a lock file has it, "sha512-…" */
export async function readPackage(directory: string, integrity?: string): Promise<BundledPackage> {
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Record<'name' | 'version' | 'license', string>;
  const { name, version, license } = manifest;
  const licenses = (await readdir(directory)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).toSorted();
  const licenseTexts = await Promise.all(licenses.map((file) => readFile(join(directory, file), 'utf8')));
  const sha512 = integrity && Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return { name, version, license, sha512, licenseTexts };
}
