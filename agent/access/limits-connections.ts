import { type Address, formatAddress } from '../../proto/address.js';
import { createRecent } from './recent.js';
import { type Rate, TokenBucket } from './token-bucket.js';

/** What connections may cost before anybody is known to be behind them. */
export interface ConnectionLimits {
  /** Handshakes of one source. A handshake is one to three ms of computing. */
  readonly perSource: Rate;
  /** Handshakes of all sources. */
  readonly inAll: Rate;
  /** Open connections. */
  readonly openPerSource: number;
  readonly openInAll: number;
  /** Time from the connection to the first call, in ms. */
  readonly firstCallMs: number;
}

/** The limits of an agent. A rollout opens three connections to a host. */
export const connectionLimits: ConnectionLimits = {
  perSource: { perSecond: 50, burst: 200 },
  inAll: { perSecond: 100, burst: 300 },
  openPerSource: 1000,
  openInAll: 4000,
  firstCallMs: 30_000,
};

const maxSources = 4096;
/** Strangers do not keep out sources from which calls came: this share of all handshakes is left to these. */
const reservedShare = 0.5;

/** Counts handshakes. */
export interface HandshakeLimits {
  /** Whether one more may be made from there. */
  take(source: string): boolean;
  /** A call came from there, by somebody with a certificate. */
  trust(source: string): void;
}

/** @param now - milliseconds, by a clock that does not go back */
export function createHandshakeLimits(now: () => number, { perSource, inAll }: ConnectionLimits = connectionLimits): HandshakeLimits {
  const all = new TokenBucket(inAll);
  const makeBucket = (): TokenBucket => new TokenBucket(perSource);
  // Apart, so that strangers under ever new addresses do not make the agent forget whom it knows.
  const trusted = createRecent(maxSources, makeBucket);
  const strangers = createRecent(maxSources, makeBucket);
  return {
    take(source) {
      const known = trusted.find(source);
      const bucket = known ?? strangers.of(source);
      return bucket.take(now()) === 0 && all.take(now(), known === undefined ? inAll.burst * reservedShare : 0) === 0;
    },
    trust: (source) => void trusted.of(source),
  };
}

/** What connections from one place have in common: the IPv4 address, or the IPv6 network of 64 bits, in which a host can take any address. */
export function sourceOf(address: Address): string {
  if (address.family === 4) return formatAddress(address);
  const network = Uint8Array.from(address.bytes, (byte, index) => (index < 8 ? byte : 0));
  return `${formatAddress({ family: 6, bytes: network, scopeId: 0 })}/64`;
}
