import { randomBytes } from 'node:crypto';

/**
 * A serial number of 126 random bits as 32 hexadecimal digits. It is positive and has no leading zero byte, so that every program writes it
 * the same way.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
 */
export function freshSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
