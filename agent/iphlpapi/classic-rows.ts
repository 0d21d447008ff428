import { isUnspecified } from '../../proto/address.js';
import { PROTOCOL_NETMGMT } from '../routes/protocol.js';
import type { DesiredRoute, Route } from '../routes/route.js';
import type { RouteRows, WrittenBy } from '../routes/route-table.js';
import { failure, rowFailure } from './failure.js';
import type { InterfaceLookup } from './interface-lookup.js';
import { readInterfaces } from './interface-reader.js';
import type { Iphlpapi } from './iphlpapi.js';
import { INFINITE, MIB_IPFORWARDROW, MIB_IPROUTE_TYPE } from './layout.js';
import { createNetioRows } from './netio-rows.js';
import { dataView, encodeForwardRow, maskOf } from './row-codec.js';
import { Win32 } from './win32-error.js';

/** What a library can write. */
export interface WritableRows {
  /** By the classic functions. */
  readonly classic: boolean;
  /** By the …2 functions. */
  readonly netio: boolean;
}

/** Single rows, IPv4 by the classic functions where they can; `lookUp` answers for interfaces. */
export function createClassicRows(iphlpapi: Iphlpapi, writable: WritableRows, lookUp: () => InterfaceLookup): RouteRows {
  const netio = createNetioRows(iphlpapi, lookUp);
  const row = new Uint8Array(MIB_IPFORWARDROW.size);
  const view = dataView(row);

  const goesByNetio = (route: DesiredRoute): boolean => {
    if (route.destinationPrefix.family === 6 || !writable.classic) return true;
    const { validLifetimeSeconds, preferredLifetimeSeconds, publish, restored } = route;
    const beyondClassic =
      validLifetimeSeconds !== undefined || preferredLifetimeSeconds !== undefined || publish !== undefined || restored !== undefined;
    return writable.netio && (beyondClassic || isUnspecified(route.nextHop));
  };

  /** Calls a classic function. Undefined: it does not do this row, and a …2 function may. */
  const write = async (
    called: 'CreateIpForwardEntry' | 'SetIpForwardEntry' | 'DeleteIpForwardEntry',
    native: (row: Uint8Array) => number,
    route: DesiredRoute,
    protocol: number,
  ): Promise<WrittenBy | undefined> => {
    const onLink = isUnspecified(route.nextHop);
    // The buffer is of all rows: nobody waits between here and the call.
    const nextHop = onLink ? await ownAddress(iphlpapi, route) : route.nextHop.bytes;
    encodeForwardRow(view, 0, {
      destination: route.destinationPrefix.bytes,
      mask: maskOf(route.destinationPrefix.length),
      nextHop,
      interfaceIndex: route.interface.index,
      type: onLink ? MIB_IPROUTE_TYPE.DIRECT : MIB_IPROUTE_TYPE.INDIRECT,
      protocol,
      age: INFINITE,
      metric1: (route.metric ?? 0) + (lookUp().metric(4, route.interface.luid) ?? 0),
    });
    const code = native(row);
    if (code === 0) return called;
    // Interfaces with several sub-interfaces are beyond the classic functions, and 87 is all that they say about it.
    if (code === Win32.ERROR_INVALID_PARAMETER && writable.netio) return undefined;
    throw rowFailure(iphlpapi, called, code, route);
  };

  return {
    get: netio.get,

    async create(route) {
      if (goesByNetio(route)) return netio.create(route);
      return (await write('CreateIpForwardEntry', iphlpapi.createIpForwardEntry, route, PROTOCOL_NETMGMT)) ?? netio.create(route);
    },

    async set(route, current) {
      if (goesByNetio(route)) return netio.set(route, current);
      const metric = route.metric ?? current.metric;
      // The protocol is part of the classic key: for another than NETMGMT the function answers 87, and the ...2 function does it.
      const writtenBy = await write('SetIpForwardEntry', iphlpapi.setIpForwardEntry, { ...route, metric }, current.protocol);
      // Microsoft's page tells how to set Metric1 and also lists it as unused: believe the row, not the code.
      if (writtenBy !== undefined && (!writable.netio || (await netio.get(route))?.metric === metric)) return writtenBy;
      return netio.set(route, current);
    },

    async delete(route) {
      if (goesByNetio(keyAndMetric(route))) return netio.delete(route);
      return (
        (await write('DeleteIpForwardEntry', iphlpapi.deleteIpForwardEntry, keyAndMetric(route), route.protocol)) ?? netio.delete(route)
      );
    },
  };
}

/** What a classic row says of an existing row; lifetimes and publish do not matter to whoever deletes it. */
function keyAndMetric({ destinationPrefix, nextHop, interface: identity, metric }: Route): DesiredRoute {
  return { destinationPrefix, nextHop, interface: identity, metric };
}

/** The classic table names an on-link row by the interface's own address. */
async function ownAddress(iphlpapi: Iphlpapi, { interface: { luid, index } }: DesiredRoute): Promise<Uint8Array> {
  const own = (await readInterfaces(iphlpapi)).find((candidate) => candidate.luid === luid);
  const address = own?.addresses.find((candidate) => candidate.address.family === 4);
  if (address !== undefined) return address.address.bytes;
  throw failure(
    iphlpapi,
    'CreateIpForwardEntry',
    Win32.ERROR_NOT_SUPPORTED,
    `an on-link route on interface ${index}, which has no IPv4 address`,
  );
}
