import type { Wire } from '../support/wire.js';

/** An interface of the host under test, with addresses behind it that can serve as next hops. */
export interface ContractInterface {
  readonly alias: string;
  /** Two IPv4 next hops on its own network. */
  readonly nextHops4: readonly [string, string];
  /** Two global IPv6 next hops on its own network; undefined where IPv6 is not bound. */
  readonly nextHops6?: readonly [string, string];
}

/** What a host cannot do is switched off here, and its cases are skipped by name. */
export interface ContractCapabilities {
  readonly ipv6: boolean;
  /** Finite lifetimes of rows. */
  readonly lifetimes: boolean;
  /** Default routes that a test may take away for a moment: not those of somebody's own machine. */
  readonly defaultRoutes: boolean;
}

/** A running agent whose host has two interfaces. Nothing else edits its table meanwhile. */
export interface ContractHost {
  readonly wire: Wire;
  readonly first: ContractInterface;
  readonly second: ContractInterface;
  close(): Promise<void>;
}

/** One implementation behind the port, and how its agent writes IPv4. */
export interface ContractSubject {
  readonly name: string;
  readonly ipv4Writes: 'classic' | 'netio';
  readonly capabilities: ContractCapabilities;
  start(): Promise<ContractHost>;
}
