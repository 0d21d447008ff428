import { PROTOCOL_NETMGMT } from '../routes/protocol.js';
import type { DesiredRoute } from '../routes/route.js';
import type { RouteTable, RouteTableCapabilities } from '../routes/route-table.js';
import { findBestRoute } from './best-route.js';
import { rowFailure } from './failure.js';
import { findInterface, readInterfaces } from './interface-reader.js';
import type { Iphlpapi } from './iphlpapi.js';
import { INFINITE, MIB_IPFORWARD_ROW2 } from './layout.js';
import { neighbourAnswers } from './neighbour.js';
import { encodeKey, keyMembers, readRoute, readRoutes } from './route-reader.js';
import { dataView, encodeForwardRow2 } from './row-codec.js';
import { Win32 } from './win32-error.js';

/** The routing table over the …2 functions of Windows Vista and later: IPv4 and IPv6. `notifications`: whether those work. */
export function createNetioTable(iphlpapi: Iphlpapi, notifications: boolean): RouteTable {
  return {
    capabilities: { ...netioCapabilities(iphlpapi), notifications },
    list: () => readRoutes(iphlpapi),
    get: (key) => readRoute(iphlpapi, key),
    missing: (key) => rowFailure(iphlpapi, 'GetIpForwardEntry2', Win32.ERROR_NOT_FOUND, key),
    bestRoute: (query) => findBestRoute(iphlpapi, query),
    neighbourAnswers: (neighbour) => neighbourAnswers(iphlpapi, neighbour),
    interfaces: () => readInterfaces(iphlpapi),
    findInterface: (selector) => findInterface(iphlpapi, selector),

    async create(route) {
      const row = new Uint8Array(MIB_IPFORWARD_ROW2.size);
      iphlpapi.initializeIpForwardEntry(row);
      encodeForwardRow2(dataView(row), 0, {
        ...keyMembers(route),
        ...lifetimes(route),
        // Initialize sets these to values that no row can have, or to TRUE.
        sitePrefixLength: route.restored?.sitePrefixLength ?? 0,
        metric: route.metric ?? 0,
        protocol: route.restored?.protocol ?? PROTOCOL_NETMGMT,
        loopback: false,
        autoconfigureAddress: route.restored?.autoconfigured ?? false,
        publish: route.publish ?? false,
        immortal: route.restored?.immortal ?? route.validLifetimeSeconds === undefined,
      });
      const code = iphlpapi.createIpForwardEntry2(row);
      if (code !== 0) throw rowFailure(iphlpapi, 'CreateIpForwardEntry2', code, route);
      return 'CreateIpForwardEntry2';
    },

    async set(route) {
      // Read, change, write: a member that nobody asked to change must keep its value.
      const row = encodeKey(route);
      const readCode = iphlpapi.getIpForwardEntry2(row);
      if (readCode !== 0) throw rowFailure(iphlpapi, 'GetIpForwardEntry2', readCode, route);
      encodeForwardRow2(dataView(row), 0, {
        ...lifetimes(route),
        ...(route.metric === undefined ? {} : { metric: route.metric }),
        ...(route.publish === undefined ? {} : { publish: route.publish }),
      });
      const code = iphlpapi.setIpForwardEntry2(row);
      if (code !== 0) throw rowFailure(iphlpapi, 'SetIpForwardEntry2', code, route);
      return 'SetIpForwardEntry2';
    },

    async delete(route) {
      const code = iphlpapi.deleteIpForwardEntry2(encodeKey(route));
      if (code !== 0) throw rowFailure(iphlpapi, 'DeleteIpForwardEntry2', code, route);
      return 'DeleteIpForwardEntry2';
    },
  };
}

function lifetimes({ validLifetimeSeconds, preferredLifetimeSeconds = validLifetimeSeconds }: DesiredRoute): {
  validLifetime?: number;
  preferredLifetime?: number;
} {
  return {
    ...(validLifetimeSeconds === undefined ? {} : { validLifetime: Math.min(validLifetimeSeconds, INFINITE) }),
    ...(preferredLifetimeSeconds === undefined ? {} : { preferredLifetime: Math.min(preferredLifetimeSeconds, INFINITE) }),
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
