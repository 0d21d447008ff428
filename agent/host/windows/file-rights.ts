import { createHash } from 'node:crypto';
import type { AccessEntry, SecurityDescriptor } from './security-descriptor.js';

/** Well-known SIDs. https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers */
export const wellKnown = {
  creatorOwner: 'S-1-3-0',
  system: 'S-1-5-18',
  administrators: 'S-1-5-32-544',
  trustedInstaller: 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
} as const;

/** Rights on a file or directory. https://learn.microsoft.com/windows/win32/fileio/file-access-rights-constants */
const FILE_READ_DATA = 0x1;
const FILE_WRITE_DATA = 0x2;
const FILE_APPEND_DATA = 0x4;
const FILE_DELETE_CHILD = 0x40;
const DELETE = 0x1_0000;
const WRITE_DAC = 0x4_0000;
const WRITE_OWNER = 0x8_0000;
const GENERIC_ALL = 0x1000_0000;
const GENERIC_WRITE = 0x4000_0000;
const GENERIC_READ = 0x8000_0000;
/** What changes the content of a file or directory, puts another in its place, or lets somebody take such a right. */
const writing = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE;

/** What only those who are trusted may do: change it, or also read it. */
export type Protection = 'write' | 'read';

/** Somebody who may do what he must not. */
export interface Stranger {
  /** Undefined: everybody. */
  readonly sid: string | undefined;
  /** An owner may give himself every right. */
  readonly isOwner: boolean;
}

/** @param trusted - SIDs. Entries that deny something are not looked at: what is left may be more than it seems, never less. */
export function findStrangers({ owner, allowed }: SecurityDescriptor, protection: Protection, trusted: ReadonlySet<string>): Stranger[] {
  const strangers: Stranger[] = owner === undefined || trusted.has(owner) ? [] : [{ sid: owner, isOwner: true }];
  if (allowed === undefined) return [...strangers, { sid: undefined, isOwner: false }];
  const forbidden = protection === 'write' ? writing : writing | FILE_READ_DATA | GENERIC_READ;
  for (const entry of allowed) {
    if ((entry.mask & forbidden) === 0 || isTrusted(entry, trusted)) continue;
    if (!strangers.some(({ sid, isOwner }) => sid === entry.sid && !isOwner)) strangers.push({ sid: entry.sid, isOwner: false });
  }
  return strangers;
}

function isTrusted({ sid, inheritOnly }: AccessEntry, trusted: ReadonlySet<string>): boolean {
  if (sid === undefined) return false;
  // Stands for whoever makes a file in the directory, which strangers may not.
  return trusted.has(sid) || (inheritOnly && sid === wellKnown.creatorOwner);
}

/** SID of a service: S-1-5-80 and the SHA-1 of its name in capitals. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_sid_info */
export function serviceSid(name: string): string {
  const hash = createHash('sha1').update(Buffer.from(name.toUpperCase(), 'utf16le')).digest();
  return ['S-1-5-80', ...[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at))].join('-');
}
