import type { RouteTable } from '../routes/route-table.js';
import { createClassicRows } from './classic-rows.js';
import { createInterfaceLookup } from './interface-lookup.js';
import type { Iphlpapi, IphlpapiFunction } from './iphlpapi.js';
import { createNetioTable } from './netio-table.js';

/**
 * The routing table with IPv4 written by CreateIpForwardEntry, SetIpForwardEntry and DeleteIpForwardEntry. The …2 functions do what a
 * classic row cannot say (IPv6, lifetimes, publish, on-link by interface), and all reading.
 */
export function createClassicTable(iphlpapi: Iphlpapi, notifications: boolean): RouteTable {
  const netio = createNetioTable(iphlpapi, notifications);
  const has = (name: IphlpapiFunction): boolean => !iphlpapi.missing.includes(name);
  const classic = has('CreateIpForwardEntry') && has('SetIpForwardEntry') && has('DeleteIpForwardEntry');
  const writable = { classic, netio: netio.capabilities.writes[4] !== undefined };
  return {
    ...netio,
    capabilities: {
      ...netio.capabilities,
      writes: { ...netio.capabilities.writes, 4: classic ? 'classic' : netio.capabilities.writes[4] },
    },
    ...createClassicRows(iphlpapi, writable, () => createInterfaceLookup(iphlpapi)),
    batch() {
      const lookup = createInterfaceLookup(iphlpapi);
      return createClassicRows(iphlpapi, writable, () => lookup);
    },
  };
}
