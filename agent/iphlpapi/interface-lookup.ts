import type { Family } from '../../proto/address.js';
import type { Iphlpapi } from './iphlpapi.js';
import { IF_STRING_LENGTH, MIB_IF_ROW2, MIB_IPINTERFACE_ROW } from './layout.js';
import { dataView } from './row-codec.js';
import { addressFamily } from './sockaddr.js';
import { Win32 } from './win32-error.js';

/** Facts about single interfaces, asked of the host at most once each: made anew for every batch of rows. */
export interface InterfaceLookup {
  /** Undefined: the host knows no name for it. */
  alias(luid: bigint): string | undefined;
  /** False only when the host says so. */
  exists(luid: bigint): boolean;
  indexOf(luid: bigint): number | undefined;
  /** Undefined: the host does not tell. */
  isBound(family: Family, luid: bigint): boolean | undefined;
  luidOf(index: number): bigint | undefined;
  /** Interface metric. Undefined: the host does not tell. */
  metric(family: Family, luid: bigint): number | undefined;
}

/** A lookup over the functions that answer for one interface. */
export function createInterfaceLookup(iphlpapi: Iphlpapi): InterfaceLookup {
  const bindingOf = (family: Family): ((luid: bigint) => { readonly code: number; readonly metric: number }) =>
    memoize((luid) => {
      const row = bindingQuery(family, luid);
      const code = iphlpapi.getIpInterfaceEntry(row);
      return { code, metric: dataView(row).getUint32(MIB_IPINTERFACE_ROW.Metric, true) };
    });
  const bindings = { 4: bindingOf(4), 6: bindingOf(6) } as const;
  return {
    alias: memoize((luid: bigint) => {
      const alias = new Uint8Array(IF_STRING_LENGTH * 2);
      return iphlpapi.convertInterfaceLuidToAlias(luidBytes(luid), alias) === 0 ? decodeWideString(alias) : undefined;
    }),
    exists: memoize((luid: bigint) => {
      const row = new Uint8Array(MIB_IF_ROW2.size);
      dataView(row).setBigUint64(MIB_IF_ROW2.InterfaceLuid, luid, true);
      const code = iphlpapi.getIfEntry2(row);
      return code !== Win32.ERROR_FILE_NOT_FOUND && code !== Win32.ERROR_NOT_FOUND;
    }),
    indexOf: memoize((luid: bigint) => {
      const index = new Uint8Array(4);
      return iphlpapi.convertInterfaceLuidToIndex(luidBytes(luid), index) === 0 ? dataView(index).getUint32(0, true) : undefined;
    }),
    isBound(family, luid) {
      const { code } = bindings[family](luid);
      return code === Win32.ERROR_PROC_NOT_FOUND ? undefined : code === 0;
    },
    luidOf: memoize((index: number) => {
      const luid = new Uint8Array(8);
      return iphlpapi.convertInterfaceIndexToLuid(index, luid) === 0 ? dataView(luid).getBigUint64(0, true) : undefined;
    }),
    metric(family, luid) {
      const { code, metric } = bindings[family](luid);
      return code === 0 ? metric : undefined;
    },
  };
}

/** A MIB_IPINTERFACE_ROW that asks GetIpInterfaceEntry for one binding. */
export function bindingQuery(family: Family, luid: bigint): Uint8Array {
  const row = new Uint8Array(MIB_IPINTERFACE_ROW.size);
  dataView(row).setUint16(MIB_IPINTERFACE_ROW.Family, addressFamily[family], true);
  dataView(row).setBigUint64(MIB_IPINTERFACE_ROW.InterfaceLuid, luid, true);
  return row;
}

/** A NET_LUID. */
export function luidBytes(luid: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  dataView(bytes).setBigUint64(0, luid, true);
  return bytes;
}

/** UTF-16 up to the end mark. */
export function decodeWideString(bytes: Uint8Array): string {
  let end = 0;
  while (end < bytes.length && (bytes[end] !== 0 || bytes[end + 1] !== 0)) end += 2;
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('utf16le');
}

function memoize<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key) as Value;
  };
}
