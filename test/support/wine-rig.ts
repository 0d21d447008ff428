import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The kernel rig as a Windows DLL. */
export interface WineRig {
  /** For `--iphlpapi`. */
  readonly library: string;
  /** What Wine needs to find it. */
  readonly environment: { readonly WINEDLLPATH: string };
}

/** Builds it into a directory. */
export async function buildWineRig(directory: string): Promise<WineRig> {
  await promisify(execFile)('bash', ['test/kernel/build.sh', directory]);
  const wine = resolve(directory, 'wine');
  return { library: join(wine, 'x86_64-windows/iphlpapi_kernel.dll'), environment: { WINEDLLPATH: wine } };
}
