import type { RouteTable, RouteTableCapabilities } from '../routes/route-table.js';
import { findBestRoute } from './best-route.js';
import { rowFailure } from './failure.js';
import { createInterfaceLookup } from './interface-lookup.js';
import { findInterface, readInterfaces } from './interface-reader.js';
import type { Iphlpapi } from './iphlpapi.js';
import { neighbourAnswers } from './neighbour.js';
import { createNetioRows } from './netio-rows.js';
import { readRoutes } from './route-reader.js';
import { Win32 } from './win32-error.js';

/** The routing table over the …2 functions of Windows Vista and later: IPv4 and IPv6. `notifications`: whether those work. */
export function createNetioTable(iphlpapi: Iphlpapi, notifications: boolean): RouteTable {
  return {
    capabilities: { ...netioCapabilities(iphlpapi), notifications },
    // Told by withRegistry.
    registry: undefined,
    list: () => readRoutes(iphlpapi),
    missing: (key) => rowFailure(iphlpapi, 'GetIpForwardEntry2', Win32.ERROR_NOT_FOUND, key),
    bestRoute: (query) => findBestRoute(iphlpapi, query),
    neighbourAnswers: (neighbour) => neighbourAnswers(iphlpapi, neighbour),
    interfaces: () => readInterfaces(iphlpapi),
    findInterface: (selector) => findInterface(iphlpapi, selector),
    ...createNetioRows(iphlpapi, () => createInterfaceLookup(iphlpapi)),
    batch() {
      const lookup = createInterfaceLookup(iphlpapi);
      return createNetioRows(iphlpapi, () => lookup);
    },
  };
}

function netioCapabilities({ missing }: Iphlpapi): Omit<RouteTableCapabilities, 'notifications'> {
  const has = (...names: readonly Iphlpapi['missing'][number][]): boolean => names.every((name) => !missing.includes(name));
  const writes = has('CreateIpForwardEntry2', 'SetIpForwardEntry2', 'DeleteIpForwardEntry2', 'GetIpForwardEntry2') ? 'netio' : undefined;
  return {
    ipv6: writes !== undefined && has('GetIpForwardTable2'),
    interfaceMetrics: has('GetIpInterfaceEntry'),
    writes: { 4: writes, 6: writes },
    missingFunctions: missing,
  };
}
