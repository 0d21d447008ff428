import { PROTOCOL_NETMGMT } from '../../routes/protocol.js';
import type { Iphlpapi } from '../iphlpapi.js';
import { MIB_IPFORWARDROW } from '../layout.js';
import { dataView, decodeForwardRow, type ForwardRow, maskLength } from '../row-codec.js';
import { Win32 } from '../win32-error.js';
import { nextHopOf } from './classic-rows.js';
import type { HostInterface } from './host-interface.js';
import { isPrefix } from './route-identity.js';
import type { RowIdentity, StoredRoute } from './route-store.js';
import type { SimulatedHost } from './simulated-host.js';
import { forwardRow2 } from './system-rows.js';

/** Functions that write a MIB_IPFORWARDROW. */
export type ClassicWrites = Pick<Iphlpapi, 'createIpForwardEntry' | 'deleteIpForwardEntry' | 'setIpForwardEntry'>;

/** A row whose members are valid and whose interface is there. */
interface Target {
  readonly row: ForwardRow;
  readonly owner: HostInterface;
  readonly identity: RowIdentity;
  /** Metric of the interface, which Metric1 includes. */
  readonly interfaceMetric: number;
}

/**
 * The classic writes. They differ in what an interface that does not exist is to them: Create calls it an invalid member (its page
 * has no other code for it), Set a file that was not found, Delete a row that was not found, or an invalid member where the index is 0.
 */
export function classicWrites(host: SimulatedHost): ClassicWrites {
  const write = (bytes: Uint8Array, noInterface: (index: number) => number, apply: (target: Target) => number): number => {
    if (bytes.length < MIB_IPFORWARDROW.size) return Win32.ERROR_INVALID_PARAMETER;
    const row = decodeForwardRow(dataView(bytes));
    // MIB_IPPROTO_NETMGMT: "otherwise the function will fail". So the rows of Windows itself cannot be edited here.
    if (row.protocol !== PROTOCOL_NETMGMT) return Win32.ERROR_INVALID_PARAMETER;
    if (!host.elevated) return Win32.ERROR_ACCESS_DENIED;
    if (host.quirks.stubWrites) return Win32.NO_ERROR;
    const target = resolve(host, row, noInterface);
    return typeof target === 'number' ? target : apply(target);
  };

  return {
    createIpForwardEntry: (bytes) =>
      write(
        bytes,
        () => Win32.ERROR_INVALID_PARAMETER,
        (target) => create(host, target),
      ),
    deleteIpForwardEntry: (bytes) =>
      write(
        bytes,
        (index) => (index === 0 ? Win32.ERROR_INVALID_PARAMETER : Win32.ERROR_NOT_FOUND),
        (target) => remove(host, target),
      ),
    setIpForwardEntry: (bytes) =>
      write(
        bytes,
        () => Win32.ERROR_FILE_NOT_FOUND,
        (target) => set(host, target),
      ),
  };
}

function resolve(host: SimulatedHost, row: ForwardRow, noInterface: (index: number) => number): Target | number {
  if (!host.profile.transports.includes(4)) return Win32.ERROR_NOT_SUPPORTED;
  const length = maskLength(row.mask);
  if (length === undefined) return Win32.ERROR_INVALID_PARAMETER;
  const destinationPrefix = { family: 4, bytes: row.destination, length } as const;
  if (!isPrefix(destinationPrefix)) return Win32.ERROR_INVALID_PARAMETER;
  const owner = row.interfaceIndex === 0 ? undefined : host.findInterface(0n, row.interfaceIndex);
  if (owner === undefined) return noInterface(row.interfaceIndex);
  const binding = owner.bindings.get(4);
  // The pages are silent here; it is what the stack says to the …2 functions.
  if (binding === undefined) return Win32.ERROR_NOT_FOUND;
  if (!owner.profile.singleSubInterface) return Win32.ERROR_INVALID_PARAMETER;
  const identity = { interfaceLuid: owner.luid, destinationPrefix, nextHop: nextHopOf(owner, row.nextHop) };
  return { row, owner, identity, interfaceMetric: binding.metric };
}

function create(host: SimulatedHost, { row, owner, identity, interfaceMetric }: Target): number {
  if (row.metric1 < interfaceMetric) return Win32.ERROR_BAD_ARGUMENTS;
  if (host.getRoute(identity)) return Win32.ERROR_OBJECT_ALREADY_EXISTS;
  host.addRoute(forwardRow2(owner, { ...identity, metric: row.metric1 - interfaceMetric }));
  return Win32.NO_ERROR;
}

/** A row of another protocol is another row to the classic functions, since dwForwardProto is a part of their key. */
function existing(host: SimulatedHost, identity: RowIdentity): StoredRoute | undefined {
  const route = host.getRoute(identity);
  return route?.row.protocol === PROTOCOL_NETMGMT ? route : undefined;
}

function set(host: SimulatedHost, { row, identity, interfaceMetric }: Target): number {
  if (row.metric1 < interfaceMetric) return Win32.ERROR_BAD_ARGUMENTS;
  const route = existing(host, identity);
  if (route === undefined) return Win32.ERROR_NOT_FOUND;
  if (!host.quirks.classicSetIgnoresMetric) host.setRoute({ ...route.row, metric: row.metric1 - interfaceMetric });
  return Win32.NO_ERROR;
}

function remove(host: SimulatedHost, { identity }: Target): number {
  if (existing(host, identity) === undefined) return Win32.ERROR_NOT_FOUND;
  host.deleteRoute(identity);
  return Win32.NO_ERROR;
}
