import { formatAddress, isLoopback } from '../../../proto/address.js';
import type { Peer } from './probe.js';
import { connectTcp, explainError, isRefused } from './tcp-connect.js';

/**
 * Whether packets go to the peer of the call and come back. Its own port is asked: nobody listens there, and the refusal of its system is the
 * answer (Windows takes 2 s to tell of it). A peer whose firewall swallows such packets does not pass before a change either.
 */
export async function probeManagementPeer(peer: Peer | undefined, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  if (peer === undefined) return 'the call came over a connection without an address';
  if (isLoopback(peer.address)) return undefined;
  try {
    await connectTcp({ host: formatAddress(peer.address), port: peer.port, timeoutMs }, signal);
    return undefined;
  } catch (error) {
    return isRefused(error) ? undefined : explainError(error);
  }
}
