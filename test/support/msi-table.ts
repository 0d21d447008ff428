import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { missingForPackaging } from './packaging.js';

/** What this host lacks for building installers, in words; undefined: nothing. */
export function missingForMsi(): string | undefined {
  const lacks = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined;
  const tools = ['wixl', 'msibuild', 'msiinfo', 'osslsigncode', 'openssl'].filter(lacks);
  return (
    missingForPackaging() ??
    (tools.length === 0 ? undefined : `${tools.join(', ')} (Debian: apt-get install wixl msitools osslsigncode openssl)`)
  );
}

/** The rows of a table by the names of its columns, as msiinfo reads them. */
export async function readMsiTable(msi: string, table: string): Promise<Record<string, string>[]> {
  const { stdout } = await promisify(execFile)('msiinfo', ['export', msi, table]);
  // Behind the names stand their types and the keys.
  const [names = '', , , ...rows] = stdout.replaceAll('\r', '').trimEnd().split('\n');
  const columns = names.split('\t');
  return rows.map((row) => Object.fromEntries(row.split('\t').map((cell, index) => [columns[index] ?? '', cell])));
}
