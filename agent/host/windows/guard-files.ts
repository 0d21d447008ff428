import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config-error.js';
import type { Exposure } from '../private-file.js';
import { findStrangers, type Protection, type Stranger, serviceSid, wellKnown } from './file-rights.js';
import type { FileSecurity } from './file-security.js';
import { parseSecurityDescriptor } from './security-descriptor.js';
import { serviceName } from './service-settings.js';

/** Keeps files of the agent from accounts that have no business with them. Each call throws WindowsError as well. */
export interface FileGuard {
  /** Who may change a file or directory, or also read it, and should not. */
  exposureOf(path: string, protection: Protection): Exposure | undefined;
  /** @throws ConfigError when there is an exposure */
  check(path: string, protection: Protection): void;
  /**
   * Makes the directory of the agent, or takes one that nobody else can have prepared, for SYSTEM and Administrators alone.
   *
   * @throws ConfigError when something in it is somebody else's
   */
  prepareDirectory(path: string): void;
  /** Makes the directory for SYSTEM, Administrators and this account alone; one that is there stays as it is. */
  makeDirectory(path: string): void;
  /** Lets SYSTEM, Administrators and this account alone at a file. */
  closeFile(path: string): void;
}

/**
 * Rights as texts: https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
 *
 * @param isElevated - whether this account counts as an administrator
 */
export function createFileGuard(files: FileSecurity, isElevated: () => boolean): FileGuard {
  const own = files.ownSid();
  // Whoever runs the agent can do what it does.
  const trusted: ReadonlySet<string> = new Set([
    ...[wellKnown.system, wellKnown.administrators, wellKnown.trustedInstaller],
    ...[serviceSid(serviceName), own],
  ]);
  const strangersAt = (path: string, protection: Protection): Stranger[] =>
    findStrangers(parseSecurityDescriptor(files.read(path)), protection, trusted);
  const nameOf = ({ sid }: Stranger): string => {
    if (sid === undefined) return 'everybody';
    const name = files.nameOf(sid);
    return name === undefined ? sid : `${name} (${sid})`;
  };
  const exposureIn = (path: string, found: readonly Stranger[], protection: Protection): Exposure => {
    const who = found.map((stranger) => `${nameOf(stranger)}${stranger.isOwner ? ', its owner,' : ''}`).join(' and ');
    return { message: `${who} may ${protection === 'read' ? 'read or change' : 'change'} ${path}`, remedy: remedy(path, found) };
  };
  const exposureOf = (path: string, protection: Protection): Exposure | undefined => {
    const found = strangersAt(path, protection);
    return found.length === 0 ? undefined : exposureIn(path, found, protection);
  };
  // An administrator's own account would be a stranger to the service, which is SYSTEM; it has the rights of Administrators anyway.
  const rights = (flags: string): string =>
    ['SY', 'BA', ...(isElevated() ? [] : [own])].map((account) => `(A;${flags};FA;;;${account})`).join('');
  /** Owned by Administrators, for which it takes one; nothing from the directory above. */
  const directoryRights = (): string => `${isElevated() ? 'O:BA' : ''}D:PAI${rights('OICI')}`;
  /** Whoever could put something there, or change it, could have made what looks like the configuration of an administrator. */
  const refuseForeign = (path: string): void => {
    for (const at of [path, ...readdirSync(path, { recursive: true }).map((name) => join(path, String(name)))]) {
      const status = lstatSync(at);
      if (status.isSymbolicLink()) throw new ConfigError(`${at} leads elsewhere`, 'remove it, and install again');
      const found = strangersAt(at, 'write');
      const owner = found.find(({ isOwner }) => isOwner);
      if (owner !== undefined) {
        const message = `${at} was made by ${nameOf(owner)}, who is no administrator`;
        throw new ConfigError(message, `look at what is in it, move ${path} away, and install again`);
      }
      // Directories are set right; of files nobody knows what was written to them.
      if (found.length > 0 && !status.isDirectory()) throw refusal(exposureIn(at, found, 'write'));
    }
  };
  return {
    exposureOf,
    check(path, protection) {
      const exposure = exposureOf(path, protection);
      if (exposure !== undefined) throw refusal(exposure);
    },
    prepareDirectory(path) {
      if (files.makeDirectory(path, directoryRights())) return;
      refuseForeign(path);
      files.protectDirectory(path, directoryRights());
    },
    makeDirectory: (path) => void files.makeDirectory(path, directoryRights()),
    closeFile: (path) => files.protectFile(path, `D:PAI${rights('')}`),
  };
}

function refusal({ message, remedy: what }: Exposure): ConfigError {
  return new ConfigError(message, what);
}

/** Commands for a console of an administrator. https://learn.microsoft.com/windows-server/administration/windows-commands/icacls */
function remedy(path: string, found: readonly Stranger[]): string {
  const isDirectory = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const rights = isDirectory ? ':(OI)(CI)F' : ':F';
  const grants = [wellKnown.system, wellKnown.administrators].map((sid) => `*${sid}${rights}`).join(' ');
  const others = found.flatMap(({ sid, isOwner }) => (sid === undefined || isOwner ? [] : [`*${sid}`]));
  const removal = others.length === 0 ? '' : ` /remove:g ${others.join(' ')}`;
  const owner = found.some(({ isOwner }) => isOwner) ? `icacls "${path}" /setowner *${wellKnown.administrators} and ` : '';
  return `see whether somebody changed it, then run ${owner}icacls "${path}" /inheritance:r /grant:r ${grants}${removal}`;
}
