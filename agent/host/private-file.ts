import { isOpenToOthers, modeText } from '../../proto/private-mode.js';

/** That others can get at a file. */
export interface Exposure {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Whether others can read or change a file: by its mode or, on Windows, by its access list.
 *
 * @throws WindowsError when the list cannot be read
 */
export async function exposureOf(path: string, mode: number): Promise<Exposure | undefined> {
  if (process.platform === 'win32') {
    const { thisFileGuard } = await import('./windows/this-guard.js');
    return thisFileGuard().exposureOf(path, 'read');
  }
  if (!isOpenToOthers(mode)) return undefined;
  const message = `others on this machine can read or change ${path} (mode ${modeText(mode)})`;
  return { message, remedy: `run chmod 600 "${path}", and think about who may have read it` };
}

/** Closes a file that was just made, before anything is written to it, where its mode does not do that. @throws WindowsError */
export async function makePrivate(path: string): Promise<void> {
  if (process.platform !== 'win32') return;
  const { thisFileGuard } = await import('./windows/this-guard.js');
  thisFileGuard().closeFile(path);
}
