import { PROTOCOL_NETMGMT } from '../routes/protocol.js';
import type { DesiredRoute } from '../routes/route.js';
import type { RouteRows } from '../routes/route-table.js';
import { rowFailure } from './failure.js';
import type { InterfaceLookup } from './interface-lookup.js';
import type { Iphlpapi } from './iphlpapi.js';
import { INFINITE, MIB_IPFORWARD_ROW2 } from './layout.js';
import { readRoute } from './route-reader.js';
import { dataView, encodeForwardRow2, encodeRowKey } from './row-codec.js';

/** Single rows over the …2 functions. All calls are synchronous and fill the same buffer. `lookUp` answers for interfaces. */
export function createNetioRows(iphlpapi: Iphlpapi, lookUp: () => InterfaceLookup): RouteRows {
  const row = new Uint8Array(MIB_IPFORWARD_ROW2.size);
  const view = dataView(row);
  const fresh = new Uint8Array(MIB_IPFORWARD_ROW2.size);
  let initialized = false;

  return {
    get: (key) => readRoute(iphlpapi, key, lookUp, row),

    async create(route) {
      if (!initialized) iphlpapi.initializeIpForwardEntry(fresh);
      initialized = true;
      row.set(fresh);
      encodeRowKey(view, route);
      encodeForwardRow2(view, 0, {
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
      row.fill(0);
      encodeRowKey(view, route);
      const readCode = iphlpapi.getIpForwardEntry2(row);
      if (readCode !== 0) throw rowFailure(iphlpapi, 'GetIpForwardEntry2', readCode, route);
      encodeForwardRow2(view, 0, {
        ...lifetimes(route),
        ...(route.metric === undefined ? {} : { metric: route.metric }),
        ...(route.publish === undefined ? {} : { publish: route.publish }),
      });
      const code = iphlpapi.setIpForwardEntry2(row);
      if (code !== 0) throw rowFailure(iphlpapi, 'SetIpForwardEntry2', code, route);
      return 'SetIpForwardEntry2';
    },

    async delete(route) {
      row.fill(0);
      encodeRowKey(view, route);
      const code = iphlpapi.deleteIpForwardEntry2(row);
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
