import type { Iphlpapi } from '../iphlpapi.js';
import { dataView } from '../row-codec.js';
import { Win32 } from '../win32-error.js';
import type { HostInterface } from './host-interface.js';
import { wideString } from './interface-rows.js';
import type { SimulatedHost } from './simulated-host.js';

/** ConvertInterface…: by their pages an unknown index is 2, an unknown LUID or GUID is an invalid parameter. */
export type Conversions = Pick<
  Iphlpapi,
  'convertInterfaceGuidToLuid' | 'convertInterfaceIndexToLuid' | 'convertInterfaceLuidToAlias' | 'convertInterfaceLuidToIndex'
>;

/** The conversions between the names of an interface. */
export function conversions(host: SimulatedHost): Conversions {
  const byLuid = (luid: Uint8Array): HostInterface | undefined => {
    const value = luid.length < 8 ? 0n : dataView(luid).getBigUint64(0, true);
    return value === 0n ? undefined : host.findInterface(value, 0);
  };

  return {
    convertInterfaceGuidToLuid: (guid, luid) => {
      const each = host.interfaces.find((candidate) => Buffer.compare(candidate.guid, guid) === 0);
      if (each === undefined || luid.length < 8) return Win32.ERROR_INVALID_PARAMETER;
      dataView(luid).setBigUint64(0, each.luid, true);
      return Win32.NO_ERROR;
    },
    convertInterfaceIndexToLuid: (index, luid) => {
      if (luid.length < 8) return Win32.ERROR_INVALID_PARAMETER;
      const each = index === 0 ? undefined : host.findInterface(0n, index);
      if (each === undefined) return Win32.ERROR_FILE_NOT_FOUND;
      dataView(luid).setBigUint64(0, each.luid, true);
      return Win32.NO_ERROR;
    },
    convertInterfaceLuidToAlias: (luid, alias) => {
      const each = byLuid(luid);
      if (each === undefined) return Win32.ERROR_INVALID_PARAMETER;
      const text = wideString(each.alias);
      if (alias.length < text.length) return Win32.ERROR_NOT_ENOUGH_MEMORY;
      alias.set(text);
      return Win32.NO_ERROR;
    },
    convertInterfaceLuidToIndex: (luid, index) => {
      const each = byLuid(luid);
      if (each === undefined || index.length < 4) return Win32.ERROR_INVALID_PARAMETER;
      dataView(index).setUint32(0, each.index, true);
      return Win32.NO_ERROR;
    },
  };
}
