import { addressBits, type Prefix } from '../../../proto/prefix.js';
import { MIB_IPFORWARD_ROW2 } from '../layout.js';
import { dataView, decodeForwardRow2, type ForwardRow2 } from '../row-codec.js';
import { Win32 } from '../win32-error.js';
import type { SimulatedHost } from './simulated-host.js';

/**
 * Reads the members of a MIB_IPFORWARD_ROW2 that make its identity and resolves its interface. Answers the row with both LUID and index of
 * that interface, or the code that the …2 functions return: 87 for members that are missing or contradict each other, 50 for a family
 * without a stack, 1168 for an unknown interface or a family that is not bound to it.
 */
export function identifyRow2(host: SimulatedHost, bytes: Uint8Array): ForwardRow2 | number {
  if (bytes.length < MIB_IPFORWARD_ROW2.size) return Win32.ERROR_INVALID_PARAMETER;
  const row = decodeForwardRow2(dataView(bytes));
  if (row === undefined || !isPrefix(row.destinationPrefix)) return Win32.ERROR_INVALID_PARAMETER;
  const { family } = row.destinationPrefix;
  if (row.nextHop.family !== family) return Win32.ERROR_INVALID_PARAMETER;
  if (row.interfaceLuid === 0n && row.interfaceIndex === 0) return Win32.ERROR_INVALID_PARAMETER;
  if (!host.profile.transports.includes(family)) return Win32.ERROR_NOT_SUPPORTED;
  // The LUID wins: an index that contradicts it is not looked at.
  const owner = host.findInterface(row.interfaceLuid, row.interfaceIndex);
  if (!owner?.bindings.has(family)) return Win32.ERROR_NOT_FOUND;
  return { ...row, interfaceLuid: owner.luid, interfaceIndex: owner.index };
}

/** Whether the length is possible and no bit is set behind it. */
export function isPrefix({ family, bytes, length }: Prefix): boolean {
  if (length > addressBits[family]) return false;
  return bytes.every((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, length - index * 8)))) === 0);
}
