import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDirectory, writeWhole } from '../../pki/files.js';
import { PkiError } from '../../pki/pki-error.js';
import type { OutDirOptions } from './pki-options.js';

/** Files of one identity. */
export interface IdentityFiles {
  readonly certificate: string;
  readonly key: string;
  readonly request: string;
}

/** Where they are. The name is canonical, so that it cannot lead out of the directory. */
export function identityFiles(name: string, { outDir }: OutDirOptions): IdentityFiles {
  return { certificate: join(outDir, `${name}.pem`), key: join(outDir, `${name}-key.pem`), request: join(outDir, `${name}.csr`) };
}

/** Sees that nothing is lost, before anything is made. @throws PkiError EXISTS */
export function refuseToReplace(paths: readonly string[], { force = false }: OutDirOptions): void {
  const there = force ? undefined : paths.find((path) => existsSync(path));
  if (there !== undefined) {
    throw new PkiError('EXISTS', `"${there}" is already there`, 'give another --out-dir, or --force to replace it');
  }
}

/** Writes files, keys (`-key.pem`) for this user alone. */
export async function writeFiles(files: Readonly<Record<string, string>>, { outDir, force = false }: OutDirOptions): Promise<void> {
  await makePrivateDirectory(outDir);
  for (const [path, text] of Object.entries(files)) {
    await writeWhole(path, text, { mode: path.endsWith('-key.pem') ? 0o600 : 0o644, replace: force });
  }
}
