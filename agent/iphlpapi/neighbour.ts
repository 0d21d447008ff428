import { RouteTableError } from '../routes/errors.js';
import { nextHopText } from '../routes/route.js';
import type { Neighbour } from '../routes/route-table.js';
import { failure } from './failure.js';
import type { Iphlpapi } from './iphlpapi.js';
import { MIB_IPNET_ROW2, NL_NEIGHBOR_STATE } from './layout.js';
import { dataView } from './row-codec.js';
import { encodeSockaddr } from './sockaddr.js';
import { Win32 } from './win32-error.js';

/** What says that nobody answered: the first by the page of the function, the others as the stack calls the same to a connect. */
const silence: ReadonlySet<number> = new Set([Win32.ERROR_BAD_NET_NAME, Win32.ERROR_NETWORK_UNREACHABLE, Win32.ERROR_HOST_UNREACHABLE]);

/** Asks a neighbour for its physical address: ResolveIpNetEntry2, which forgets a known one first. */
export async function neighbourAnswers(iphlpapi: Iphlpapi, neighbour: Neighbour): Promise<boolean> {
  const row = encodeNeighbour(neighbour);
  const code = await iphlpapi.resolveIpNetEntry2(row, null);
  if (code === 0) return hasAnswered(dataView(row));
  if (silence.has(code)) return false;
  const error = failure(iphlpapi, 'ResolveIpNetEntry2', code, `the neighbour ${describeNeighbour(neighbour)}`);
  if (code !== Win32.ERROR_NOT_FOUND) throw error;
  const { family } = neighbour.address;
  throw new RouteTableError('INTERFACE_NOT_FOUND', `interface ${neighbour.interface.index} does not exist, or has no IPv${family}`, {
    remedy: 'list the interfaces; indexes change when an interface is plugged in again',
    win32: error.win32,
  });
}

/** A MIB_IPNET_ROW2 that names the neighbour. The zone of its address is left out: the interface says the same. */
export function encodeNeighbour({ address, interface: { luid, index } }: Neighbour): Uint8Array {
  const row = new Uint8Array(MIB_IPNET_ROW2.size);
  const view = dataView(row);
  encodeSockaddr(view, MIB_IPNET_ROW2.Address, { ...address, scopeId: 0 });
  view.setUint32(MIB_IPNET_ROW2.InterfaceIndex, index, true);
  view.setBigUint64(MIB_IPNET_ROW2.InterfaceLuid, luid, true);
  return row;
}

/** A code of 0 alone proves nothing, as a stub shows. A point-to-point link has no physical addresses, so a state will do. */
function hasAnswered(view: DataView): boolean {
  return (
    view.getUint32(MIB_IPNET_ROW2.PhysicalAddressLength, true) > 0 ||
    view.getUint32(MIB_IPNET_ROW2.State, true) > NL_NEIGHBOR_STATE.Incomplete
  );
}

function describeNeighbour({ address, interface: identity }: Neighbour): string {
  return `${nextHopText({ nextHop: address, interface: identity })} on interface ${identity.index}`;
}
