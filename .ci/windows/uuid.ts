import { createHash } from 'node:crypto';

/** A UUID of the hash of a text (RFC 9562, version 8), for what must be the same in every build of the same. */
export function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
