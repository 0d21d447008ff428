import { join } from 'node:path';
import koffi from 'koffi';

/** FOLDERID_ProgramData, {62AB5D82-FDC1-4DC3-A9DD-070D1D495D97}, as its bytes lie in memory. */
const FOLDERID_ProgramData = Buffer.from('825dab62c1fdc34da9dd070d1d495d97', 'hex');

let directory: string | undefined;

/**
 * %ProgramData%\routefleet: where configuration, state and logs are. %ProgramData% is asked of Windows, which keeps it where administrators alone may write.
 * Not from the environment: a variable of that name in the settings of a user also reaches what he starts elevated, and would lead
 * an administrator's command, or a service that a console starts, to files of the user's choice.
 *
 * https://learn.microsoft.com/windows/win32/api/shlobj_core/nf-shlobj_core-shgetknownfolderpath
 */
export function dataDirectory(): string {
  directory ??= join(knownFolder(FOLDERID_ProgramData), 'routefleet');
  return directory;
}

function knownFolder(id: Uint8Array): string {
  const shGetKnownFolderPath = koffi
    .load('shell32.dll')
    .func('__stdcall', 'SHGetKnownFolderPath', 'int32', ['void *', 'uint32', 'void *', 'void *']);
  // https://learn.microsoft.com/windows/win32/api/combaseapi/nf-combaseapi-cotaskmemfree
  const coTaskMemFree = koffi.load('ole32.dll').func('__stdcall', 'CoTaskMemFree', 'void', ['void *']);
  const path = new BigUint64Array(1);
  const result: number = shGetKnownFolderPath(id, 0, null, path);
  try {
    if (result !== 0) throw new Error(`SHGetKnownFolderPath: HRESULT 0x${(result >>> 0).toString(16)}`);
    return koffi.decode(path[0], 'char16_t', -1);
  } finally {
    coTaskMemFree(path[0]);
  }
}
