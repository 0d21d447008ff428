import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { nativeModuleFile } from '../../agent/host/executable/native-module.js';
import { version } from '../../proto/gen/version.js';
import { correctMsi } from './msi-rows.js';
import { fetchParts } from './parts.js';
import { uuidOf } from './uuid.js';

const run = promisify(execFile);
const source = join(import.meta.dirname, 'routefleet-agent.wxs');

/**
 * Builds the installer of what lies in the directory, beside it.
 *
 * @param directory - as `buildExecutables` leaves it
 * @returns name of the file
 * @throws when wixl or msibuild fails
 */
export async function buildMsi(directory: string): Promise<string> {
  // Windows Installer knows nothing of "-rc.1".
  const [numbers = version] = version.split('-');
  const msi = resolve(directory, 'routefleet-agent.msi');
  await rm(msi, { force: true });
  // Of what is inside: the same files are the same product, and others are another one.
  const sums = await readFile(join(directory, 'SHA256SUMS'), 'utf8');
  const tables = await readFile(source, 'utf8');
  const product = uuidOf([version, sums, tables].join('\n')).toUpperCase();
  await run('wixl', ['--arch', 'x64', '-D', `ProductCode=${product}`, '-D', `Version=${numbers}`, '-o', msi, source], { cwd: directory });
  const [, upgradeCode = ''] = /UpgradeCode="([^"]+)"/.exec(tables) ?? [];
  const nativeModule = nativeModuleFile({ name: 'koffi', bytes: await readFile((await fetchParts()).koffiModule) });
  const statements = correctMsi({ version: numbers, upgradeCode: `{${upgradeCode}}`, fileVersion: `${numbers}.0`, nativeModule });
  await run('msibuild', [msi, ...statements.flatMap((statement) => ['-q', statement])]);
  return 'routefleet-agent.msi';
}
