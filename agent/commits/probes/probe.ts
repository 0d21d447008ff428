import { type Address, type Family, formatAddress, isUnspecified } from '../../../proto/address.js';

/** A check of the host. */
export type Probe = ProbeKind & {
  /** How long it may take. Default: {@link DEFAULT_PROBE_TIMEOUT_MS}. */
  readonly timeoutMs: number;
};

type ProbeKind =
  /** A connection opens. `host` is an address or a name. */
  | { readonly kind: 'tcp-connect'; readonly host: string; readonly port: number }
  /** The next hop of the best default route answers its neighbours. */
  | { readonly kind: 'default-gateway'; readonly family: Family }
  /** The host would go to the destination by this next hop; unspecified = on-link. */
  | { readonly kind: 'best-route'; readonly destination: Address; readonly nextHop: Address }
  /** Packets go to the peer of the call, and come back. */
  | { readonly kind: 'management-peer' };

/** Long enough for ARP and neighbour discovery, which give up after 3 s. */
export const DEFAULT_PROBE_TIMEOUT_MS = 5000;

/** The other end of the connection that a call came over. */
export interface Peer {
  readonly address: Address;
  readonly port: number;
}

/** What one run of a probe found. */
export interface ProbeFinding {
  /** The probe for people. */
  readonly probe: string;
  readonly passed: boolean;
  /** What was found instead; empty where it passed. */
  readonly message: string;
}

/** "TCP connection to 192.0.2.1:443" */
export function describeProbe(probe: Probe, peer?: Peer): string {
  switch (probe.kind) {
    case 'tcp-connect':
      return `TCP connection to ${probe.host.includes(':') ? `[${probe.host}]` : probe.host}:${probe.port}`;
    case 'default-gateway':
      return `IPv${probe.family} default gateway`;
    case 'best-route':
      return `best route to ${formatAddress(probe.destination)} ${describeNextHop(probe.nextHop)}`;
    case 'management-peer':
      return peer === undefined ? 'management peer' : `management peer ${formatAddress(peer.address)}`;
  }
}

function describeNextHop(nextHop: Address): string {
  return isUnspecified(nextHop) ? 'on-link' : `via ${formatAddress(nextHop)}`;
}
