/**
 * Whether the mode of a file lets others than its owner at it. Windows has no modes: there the answer is always false, and the access control
 * list is the administrator's business.
 */
export function isOpenToOthers(mode: number, platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32' && (mode & 0o077) !== 0;
}

/** The same of everybody on the machine: whoever hands a file to a group of its own may mean it. */
export function isOpenToAll(mode: number, platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32' && (mode & 0o007) !== 0;
}

/** A mode as `ls` and `chmod` know it, "0644". */
export function modeText(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, '0')}`;
}
