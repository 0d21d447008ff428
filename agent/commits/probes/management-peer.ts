import { type Address, formatAddress } from '../../../proto/address.js';
import type { Peer } from './probe.js';
import { connectTcp, explainError, isRefused } from './tcp-connect.js';

/**
 * Whether packets go to the peer of the call and come back. Its own port is asked: nobody listens there, and the refusal of its system is the
 * answer (Windows takes 2 s to tell of it). A peer whose firewall swallows such packets does not pass before a change either.
 */
export async function probeManagementPeer(peer: Peer | undefined, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  if (peer === undefined) return 'the call came over a connection without an address';
  const address = withoutMapping(peer.address);
  if (isLoopback(address)) return undefined;
  try {
    await connectTcp({ host: formatAddress(address), port: peer.port, timeoutMs }, signal);
    return undefined;
  } catch (error) {
    return isRefused(error) ? undefined : explainError(error);
  }
}

/** An IPv4 address that a dual-stack socket has as ::ffff:192.0.2.1 (RFC 4291 section 2.5.5.2). */
function withoutMapping(address: Address): Address {
  const isMapped = address.family === 6 && Buffer.from(address.bytes).toString('hex').startsWith('00000000000000000000ffff');
  return isMapped ? { family: 4, bytes: address.bytes.slice(12), scopeId: 0 } : address;
}

/** 127.0.0.0/8 and ::1. */
function isLoopback(address: Address): boolean {
  return address.family === 4 ? address.bytes[0] === 127 : formatAddress(address) === '::1';
}
