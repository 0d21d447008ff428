import { type Address, isUnspecified, parseAddress, unspecifiedAddress } from '../../../proto/address.js';
import type { Iphlpapi } from '../iphlpapi.js';
import { MIB_IPFORWARD_ROW2, MIB_IPFORWARDROW, SOCKADDR_INET } from '../layout.js';
import { dataView, encodeForwardRow } from '../row-codec.js';
import { decodeSockaddr, encodeSockaddr } from '../sockaddr.js';
import { Win32 } from '../win32-error.js';
import { bestRoute, bestSource, type RouteOnInterface } from './best-route.js';
import { classicRow } from './classic-rows.js';
import { addressesOf, type HostInterface } from './host-interface.js';
import type { SimulatedHost } from './simulated-host.js';

/** GetBestRoute and GetBestRoute2. Without a route both answer 1231, as the stack does to a connect. */
export function bestRouteFunctions(host: SimulatedHost): Pick<Iphlpapi, 'getBestRoute' | 'getBestRoute2'> {
  return {
    getBestRoute: (destination, source, row) => {
      if (destination.length < 4 || source.length < 4 || row.length < MIB_IPFORWARDROW.size) return Win32.ERROR_INVALID_PARAMETER;
      const best = find(host, host.interfaces, ipv4(destination), ipv4(source));
      if (typeof best === 'number') return best;
      encodeForwardRow(dataView(row), 0, classicRow(best.owner, best.route, host.ageSeconds(best.route)));
      return Win32.NO_ERROR;
    },

    getBestRoute2: (luid, index, source, destination, _sortOptions, row, bestSourceBytes) => {
      if (luid !== null && luid.length < 8) return Win32.ERROR_INVALID_PARAMETER;
      if ([source ?? destination, destination, bestSourceBytes].some(({ length }) => length < SOCKADDR_INET.size)) {
        return Win32.ERROR_INVALID_PARAMETER;
      }
      if (row.length < MIB_IPFORWARD_ROW2.size) return Win32.ERROR_INVALID_PARAMETER;
      const to = decodeSockaddr(dataView(destination), 0);
      // A source of family 0 is no source, as if the pointer were NULL.
      const from = source ? decodeSockaddr(dataView(source), 0) : undefined;
      if (to === undefined) return Win32.ERROR_INVALID_PARAMETER;
      const interfaces = restrict(host, luid ? dataView(luid).getBigUint64(0, true) : 0n, index, to);
      if (typeof interfaces === 'number') return interfaces;
      const best = find(host, interfaces, to, from);
      if (typeof best === 'number') return best;
      host.copyRoute(best.route, row);
      bestSourceBytes.fill(0, 0, SOCKADDR_INET.size);
      const chosen = from && !isUnspecified(from) ? from : bestSource(best.owner, host.interfaces, to);
      encodeSockaddr(dataView(bestSourceBytes), 0, chosen ?? parseAddress(unspecifiedAddress[to.family]));
      return Win32.NO_ERROR;
    },
  };
}

function ipv4(bytes: Uint8Array): Address {
  return { family: 4, bytes: bytes.slice(0, 4), scopeId: 0 };
}

/** The interfaces to look at: the one asked for, the one of the destination's zone, or all (NULL and 0, as everyone calls it). */
function restrict(host: SimulatedHost, luid: bigint, index: number, { scopeId }: Address): HostInterface[] | number {
  if (luid === 0n && index === 0 && scopeId === 0) return host.interfaces;
  const each = host.findInterface(luid, index === 0 ? scopeId : index);
  return each ? [each] : Win32.ERROR_FILE_NOT_FOUND;
}

function find(
  host: SimulatedHost,
  interfaces: readonly HostInterface[],
  destination: Address,
  source: Address | undefined,
): RouteOnInterface | number {
  if (source && source.family !== destination.family) return Win32.ERROR_INVALID_PARAMETER;
  if (!host.profile.transports.includes(destination.family)) return Win32.ERROR_NOT_SUPPORTED;
  const senders = source && !isUnspecified(source) ? interfaces.filter((each) => hasAddress(each, source)) : interfaces;
  // The strong host model: a source that no interface in question has cannot be sent from.
  if (senders.length === 0) return Win32.ERROR_INVALID_PARAMETER;
  const best = bestRoute(host.routes, new Map(senders.map((each) => [each.luid, each])), destination);
  return best ?? Win32.ERROR_NETWORK_UNREACHABLE;
}

function hasAddress(each: HostInterface, { family, bytes }: Address): boolean {
  return addressesOf(each, family).some(({ address }) => Buffer.compare(address.bytes, bytes) === 0);
}
