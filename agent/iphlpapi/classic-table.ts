import { isUnspecified } from '../../proto/address.js';
import { PROTOCOL_NETMGMT } from '../routes/protocol.js';
import type { DesiredRoute, Route } from '../routes/route.js';
import type { RouteTable, WrittenBy } from '../routes/route-table.js';
import { failure, rowFailure } from './failure.js';
import { createInterfaceLookup } from './interface-lookup.js';
import { readInterfaces } from './interface-reader.js';
import type { Iphlpapi, IphlpapiFunction } from './iphlpapi.js';
import { INFINITE, MIB_IPFORWARDROW, MIB_IPROUTE_TYPE } from './layout.js';
import { createNetioTable } from './netio-table.js';
import { dataView, encodeForwardRow, maskOf } from './row-codec.js';
import { Win32 } from './win32-error.js';

/**
 * The routing table with IPv4 written by CreateIpForwardEntry, SetIpForwardEntry and DeleteIpForwardEntry. The …2 functions do what a
 * classic row cannot say (IPv6, lifetimes, publish, on-link by interface), and all reading.
 */
export function createClassicTable(iphlpapi: Iphlpapi, notifications: boolean): RouteTable {
  const netio = createNetioTable(iphlpapi, notifications);
  const has = (name: IphlpapiFunction): boolean => !iphlpapi.missing.includes(name);
  const classicWrites = has('CreateIpForwardEntry') && has('SetIpForwardEntry') && has('DeleteIpForwardEntry');
  const netioWrites = netio.capabilities.writes[4] !== undefined;

  const goesByNetio = (route: DesiredRoute): boolean => {
    if (route.destinationPrefix.family === 6 || !classicWrites) return true;
    const { validLifetimeSeconds, preferredLifetimeSeconds, publish, restored } = route;
    const beyondClassic = [validLifetimeSeconds, preferredLifetimeSeconds, publish, restored].some((value) => value !== undefined);
    return netioWrites && (beyondClassic || isUnspecified(route.nextHop));
  };

  /** Calls a classic function. Undefined: it does not do this row, and a …2 function may. */
  const write = async (
    called: 'CreateIpForwardEntry' | 'SetIpForwardEntry' | 'DeleteIpForwardEntry',
    native: (row: Uint8Array) => number,
    route: DesiredRoute,
    protocol: number,
  ): Promise<WrittenBy | undefined> => {
    const code = native(await encodeRow(iphlpapi, route, protocol));
    if (code === 0) return called;
    // Interfaces with several sub-interfaces are beyond the classic functions, and 87 is all that they say about it.
    if (code === Win32.ERROR_INVALID_PARAMETER && netioWrites) return undefined;
    throw rowFailure(iphlpapi, called, code, route);
  };

  return {
    ...netio,
    capabilities: {
      ...netio.capabilities,
      writes: { ...netio.capabilities.writes, 4: classicWrites ? 'classic' : netio.capabilities.writes[4] },
    },

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
      if (writtenBy !== undefined && (!netioWrites || (await netio.get(route))?.metric === metric)) return writtenBy;
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

async function encodeRow(iphlpapi: Iphlpapi, route: DesiredRoute, protocol: number): Promise<Uint8Array> {
  const { destinationPrefix, nextHop, interface: identity, metric = 0 } = route;
  const onLink = isUnspecified(nextHop);
  const row = new Uint8Array(MIB_IPFORWARDROW.size);
  encodeForwardRow(dataView(row), 0, {
    destination: destinationPrefix.bytes,
    mask: maskOf(destinationPrefix.length),
    nextHop: onLink ? await ownAddress(iphlpapi, route) : nextHop.bytes,
    interfaceIndex: identity.index,
    type: onLink ? MIB_IPROUTE_TYPE.DIRECT : MIB_IPROUTE_TYPE.INDIRECT,
    protocol,
    age: INFINITE,
    metric1: metric + (createInterfaceLookup(iphlpapi).metric(4, identity.luid) ?? 0),
  });
  return row;
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
