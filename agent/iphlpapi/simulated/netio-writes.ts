import { PROTOCOL_NETMGMT } from '../../routes/protocol.js';
import type { Iphlpapi } from '../iphlpapi.js';
import { INFINITE, MIB_IPFORWARD_ROW2 } from '../layout.js';
import { dataView, encodeForwardRow2, type ForwardRow2 } from '../row-codec.js';
import { Win32 } from '../win32-error.js';
import { identifyRow2 } from './route-identity.js';
import type { SimulatedHost } from './simulated-host.js';
import { routeOrigin } from './system-rows.js';

/** What InitializeIpForwardEntry writes into the members that the caller is to set. */
const ILLEGAL = { sitePrefixLength: 0xff, metric: 0xffff_ffff, protocol: 0xffff_ffff } as const;

/** https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_route_protocol */
const protocols: ReadonlySet<number> = new Set([...Array.from({ length: 19 }, (_, index) => index + 1), 10002, 10006, 10007]);

/** Functions of the …2 family that write a row. */
export type NetioWrites = Pick<
  Iphlpapi,
  'createIpForwardEntry2' | 'deleteIpForwardEntry2' | 'initializeIpForwardEntry' | 'setIpForwardEntry2'
>;

/** The writes of the …2 family. The memory is checked first, as the library does it, then the rights, then the members, as the stack does it. */
export function netioWrites(host: SimulatedHost): NetioWrites {
  const write = (bytes: Uint8Array, apply: (row: ForwardRow2) => number): number => {
    if (bytes.length < MIB_IPFORWARD_ROW2.size) return Win32.ERROR_INVALID_PARAMETER;
    if (!host.elevated) return Win32.ERROR_ACCESS_DENIED;
    if (host.quirks.stubWrites) return Win32.NO_ERROR;
    const row = identifyRow2(host, bytes);
    return typeof row === 'number' ? row : apply(row);
  };

  return {
    createIpForwardEntry2: (bytes) => write(bytes, (row) => create(host, row)),
    deleteIpForwardEntry2: (bytes) =>
      write(bytes, (row) => {
        if (host.getRoute(row) === undefined) return Win32.ERROR_NOT_FOUND;
        host.deleteRoute(row);
        return Win32.NO_ERROR;
      }),
    initializeIpForwardEntry: initialize,
    setIpForwardEntry2: (bytes) => write(bytes, (row) => set(host, row)),
  };
}

function create(host: SimulatedHost, row: ForwardRow2): number {
  const complete = {
    ...row,
    // WireGuard and Mullvad leave SitePrefixLength as initialized, WireGuard Protocol too, and Windows takes such rows.
    sitePrefixLength: row.sitePrefixLength === ILLEGAL.sitePrefixLength ? 0 : row.sitePrefixLength,
    protocol: row.protocol === ILLEGAL.protocol ? PROTOCOL_NETMGMT : row.protocol,
    origin: routeOrigin.manual,
    age: 0,
  };
  // Nobody ships a row without a metric, so that one is held to the page: an illegal value.
  if (!isLegal(complete) || row.metric === ILLEGAL.metric) return Win32.ERROR_INVALID_PARAMETER;
  if (host.getRoute(row)) return Win32.ERROR_OBJECT_ALREADY_EXISTS;
  host.addRoute(complete);
  return Win32.NO_ERROR;
}

function set(host: SimulatedHost, row: ForwardRow2): number {
  const existing = host.getRoute(row)?.row;
  if (existing === undefined) return Win32.ERROR_NOT_FOUND;
  const changed = {
    ...row,
    // An illegal value says that the caller has nothing to set there; the zone of a next hop is no property.
    sitePrefixLength: row.sitePrefixLength === ILLEGAL.sitePrefixLength ? existing.sitePrefixLength : row.sitePrefixLength,
    metric: row.metric === ILLEGAL.metric ? existing.metric : row.metric,
    protocol: row.protocol === ILLEGAL.protocol ? existing.protocol : row.protocol,
    nextHop: existing.nextHop,
    origin: existing.origin,
    age: 0,
  };
  if (!isLegal(changed)) return Win32.ERROR_INVALID_PARAMETER;
  host.setRoute(changed);
  return Win32.NO_ERROR;
}

function isLegal(row: ForwardRow2): boolean {
  return row.sitePrefixLength <= row.destinationPrefix.length && row.preferredLifetime <= row.validLifetime && protocols.has(row.protocol);
}

function initialize(bytes: Uint8Array): void {
  if (bytes.length < MIB_IPFORWARD_ROW2.size) return;
  bytes.fill(0, 0, MIB_IPFORWARD_ROW2.size);
  encodeForwardRow2(dataView(bytes), 0, {
    ...ILLEGAL,
    validLifetime: INFINITE,
    preferredLifetime: INFINITE,
    loopback: true,
    autoconfigureAddress: true,
    publish: true,
    immortal: true,
  });
}
