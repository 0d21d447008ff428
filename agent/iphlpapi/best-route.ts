import { type Address, formatAddress } from '../../proto/address.js';
import { RouteTableError } from '../routes/errors.js';
import type { BestRoute, BestRouteQuery } from '../routes/route-table.js';
import { translateRow } from './classic-reading.js';
import { failure } from './failure.js';
import { createInterfaceLookup, luidBytes } from './interface-lookup.js';
import type { Iphlpapi } from './iphlpapi.js';
import { MIB_IPFORWARD_ROW2, MIB_IPFORWARDROW, SOCKADDR_INET } from './layout.js';
import { toRoute } from './route-reader.js';
import { dataView, decodeForwardRow, decodeForwardRow2 } from './row-codec.js';
import { decodeSockaddr, encodeSockaddr } from './sockaddr.js';
import { isMissing, Win32 } from './win32-error.js';

/** Asks the host how it would reach an address: GetBestRoute2, or GetBestRoute (IPv4 alone) where there is no such function. */
export function findBestRoute(iphlpapi: Iphlpapi, query: BestRouteQuery): BestRoute {
  const row = new Uint8Array(MIB_IPFORWARD_ROW2.size);
  const bestSource = new Uint8Array(SOCKADDR_INET.size);
  const code = iphlpapi.getBestRoute2(
    query.interface ? luidBytes(query.interface.luid) : null,
    query.interface?.index ?? 0,
    query.source ? sockaddr(query.source) : null,
    sockaddr(query.destination),
    0,
    row,
    bestSource,
  );
  if (isMissing(code) && query.destination.family === 4 && query.interface === undefined) return findClassicBestRoute(iphlpapi, query);
  const decoded = code === 0 ? decodeForwardRow2(dataView(row)) : undefined;
  if (decoded === undefined) throw notReached(iphlpapi, 'GetBestRoute2', code, query.destination);
  return { route: toRoute(decoded, createInterfaceLookup(iphlpapi)), sourceAddress: decodeSockaddr(dataView(bestSource), 0) };
}

function findClassicBestRoute(iphlpapi: Iphlpapi, { destination, source }: BestRouteQuery): BestRoute {
  const classic = new Uint8Array(MIB_IPFORWARDROW.size);
  const code = iphlpapi.getBestRoute(destination.bytes, source?.bytes ?? new Uint8Array(4), classic);
  if (code !== 0) throw notReached(iphlpapi, 'GetBestRoute', code, destination);
  const lookup = createInterfaceLookup(iphlpapi);
  const row = dataView(new Uint8Array(MIB_IPFORWARD_ROW2.size));
  translateRow(row, 0, decodeForwardRow(dataView(classic)), lookup);
  const decoded = decodeForwardRow2(row);
  if (decoded === undefined) throw notReached(iphlpapi, 'GetBestRoute', Win32.ERROR_INVALID_PARAMETER, destination);
  return { route: toRoute(decoded, lookup), sourceAddress: undefined };
}

function notReached(iphlpapi: Iphlpapi, called: 'GetBestRoute' | 'GetBestRoute2', code: number, destination: Address): RouteTableError {
  const error = failure(iphlpapi, called, code, formatAddress(destination));
  if (code !== Win32.ERROR_NOT_FOUND) return error;
  return new RouteTableError('BEST_ROUTE_NOT_FOUND', `no route leads to ${formatAddress(destination)}`, {
    remedy: 'add a route that covers the address',
    win32: error.win32,
  });
}

function sockaddr(address: Address): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_INET.size);
  encodeSockaddr(dataView(bytes), 0, address);
  return bytes;
}
