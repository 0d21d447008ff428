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
  /** A registry, in which Windows keeps persistent routes. */
  readonly registry: boolean;
  /** Default routes that a test may take away for a moment: not those of somebody's own machine. */
  readonly defaultRoutes: boolean;
}

/** The key PersistentRoutes of a host. */
export interface ContractRegistry {
  names(): Promise<readonly string[]>;
  /** As "route -p add" does. */
  set(name: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** A running agent whose host has two interfaces. Nothing else edits its table meanwhile. */
export interface ContractHost {
  readonly wire: Wire;
  readonly first: ContractInterface;
  readonly second: ContractInterface;
  /** Values of PersistentRoutes, as others than the agent see and change them. Undefined: the host has no registry. */
  readonly registry?: ContractRegistry;
  close(): Promise<void>;
}

/** One implementation behind the port, and how its agent writes IPv4. */
export interface ContractSubject {
  readonly name: string;
  readonly ipv4Writes: 'classic' | 'netio';
  readonly capabilities: ContractCapabilities;
  start(): Promise<ContractHost>;
}
