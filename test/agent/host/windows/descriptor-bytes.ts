/** An entry of an access list. */
export interface Entry {
  readonly sid: string;
  readonly mask: number;
  /** Default 0: allow. 1: deny. */
  readonly type?: number;
  readonly flags?: number;
}

/** A self-relative security descriptor, as GetFileSecurityW gives it; no list: everybody may do everything. */
export function descriptorBytes(owner: string | undefined, entries: readonly Entry[] | undefined): Uint8Array {
  const header = Buffer.alloc(20);
  header.writeUInt8(1, 0);
  // SE_SELF_RELATIVE, and SE_DACL_PRESENT
  header.writeUInt16LE(0x8000 | (entries === undefined ? 0 : 0x4), 2);
  const ownerBytes = owner === undefined ? Buffer.alloc(0) : sidBytes(owner);
  if (owner !== undefined) header.writeUInt32LE(header.length, 4);
  if (entries === undefined) return Buffer.concat([header, ownerBytes]);
  header.writeUInt32LE(header.length + ownerBytes.length, 16);
  const body = Buffer.concat(entries.map(entryBytes));
  const list = Buffer.alloc(8);
  list.writeUInt8(2, 0);
  list.writeUInt16LE(list.length + body.length, 2);
  list.writeUInt16LE(entries.length, 4);
  return Buffer.concat([header, ownerBytes, list, body]);
}

function entryBytes({ sid, mask, type = 0, flags = 0 }: Entry): Buffer {
  const tail = sidBytes(sid);
  const head = Buffer.alloc(8);
  head.writeUInt8(type, 0);
  head.writeUInt8(flags, 1);
  head.writeUInt16LE(head.length + tail.length, 2);
  head.writeUInt32LE(mask, 4);
  return Buffer.concat([head, tail]);
}

function sidBytes(sid: string): Buffer {
  const [, revision = 0, authority = 0, ...parts] = sid.split('-').map(Number);
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(revision, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * index);
  return bytes;
}
