/** Whom an entry of an access list lets do what. */
export interface AccessEntry {
  /** "S-1-5-18"; undefined: an entry of a kind that files do not have. */
  readonly sid: string | undefined;
  readonly mask: number;
  /** It is for new files and directories within, not for the directory itself. */
  readonly inheritOnly: boolean;
}

/** The part of a security descriptor that decides who may do what. */
export interface SecurityDescriptor {
  /** Undefined: nobody. */
  readonly owner: string | undefined;
  /** Entries that allow something. Undefined: there is no list, and everybody may do everything. */
  readonly allowed: readonly AccessEntry[] | undefined;
}

/** https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-security_descriptor, self-relative */
export const SECURITY_DESCRIPTOR_RELATIVE = { size: 20, Control: 2, Owner: 4, Dacl: 16 } as const;
/** https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-acl */
export const ACL = { size: 8, AceCount: 4 } as const;
/** https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-access_allowed_ace */
export const ACCESS_ALLOWED_ACE = { AceType: 0, AceFlags: 1, AceSize: 2, Mask: 4, SidStart: 8 } as const;
/** https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-sid */
export const SID = { SubAuthorityCount: 1, IdentifierAuthority: 2, SubAuthority: 8 } as const;

const SE_DACL_PRESENT = 0x4;
const INHERIT_ONLY_ACE = 0x8;
const ACCESS_ALLOWED_ACE_TYPE = 0;
/** As the plain one, with a condition behind the SID: taken as if the condition were always met. */
const ACCESS_ALLOWED_CALLBACK_ACE_TYPE = 9;
/** Entries for parts of directory objects, which files do not have. */
const otherAllowedTypes: ReadonlySet<number> = new Set([4, 5, 11]);

/** @param bytes - self-relative, as GetFileSecurityW gives it */
export function parseSecurityDescriptor(bytes: Uint8Array): SecurityDescriptor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const owner = view.getUint32(SECURITY_DESCRIPTOR_RELATIVE.Owner, true);
  const dacl = view.getUint32(SECURITY_DESCRIPTOR_RELATIVE.Dacl, true);
  const hasList = (view.getUint16(SECURITY_DESCRIPTOR_RELATIVE.Control, true) & SE_DACL_PRESENT) !== 0 && dacl !== 0;
  return {
    owner: owner === 0 ? undefined : formatSid(view, owner),
    allowed: hasList ? parseList(view, dacl) : undefined,
  };
}

function parseList(view: DataView, start: number): AccessEntry[] {
  const entries: AccessEntry[] = [];
  let at = start + ACL.size;
  for (let left = view.getUint16(start + ACL.AceCount, true); left > 0; left -= 1) {
    const type = view.getUint8(at + ACCESS_ALLOWED_ACE.AceType);
    const isPlain = type === ACCESS_ALLOWED_ACE_TYPE || type === ACCESS_ALLOWED_CALLBACK_ACE_TYPE;
    if (isPlain || otherAllowedTypes.has(type)) {
      entries.push({
        sid: isPlain ? formatSid(view, at + ACCESS_ALLOWED_ACE.SidStart) : undefined,
        mask: view.getUint32(at + ACCESS_ALLOWED_ACE.Mask, true),
        inheritOnly: (view.getUint8(at + ACCESS_ALLOWED_ACE.AceFlags) & INHERIT_ONLY_ACE) !== 0,
      });
    }
    at += view.getUint16(at + ACCESS_ALLOWED_ACE.AceSize, true);
  }
  return entries;
}

/** "S-1-5-32-544". https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/c92a27b1-c772-4fa7-a432-15df5f1b66a1 */
function formatSid(view: DataView, at: number): string {
  const authority = view.getUint16(at + SID.IdentifierAuthority) * 2 ** 32 + view.getUint32(at + SID.IdentifierAuthority + 2);
  const parts = Array.from({ length: view.getUint8(at + SID.SubAuthorityCount) }, (_, index) =>
    view.getUint32(at + SID.SubAuthority + 4 * index, true),
  );
  return ['S', view.getUint8(at), authority, ...parts].join('-');
}
