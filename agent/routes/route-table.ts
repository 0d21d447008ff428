import type { Address, Family } from '../../proto/address.js';
import type { RouteTableError } from './errors.js';
import type { InterfaceSelector, NetworkInterface } from './network-interface.js';
import type { DesiredRoute, InterfaceIdentity, Route, RouteKey } from './route.js';
import type { RouteChunk } from './route-chunk.js';
import type { RouteRegistry } from './route-registry.js';

/** Which family of Windows functions writes. */
export type WriteFunctions = 'classic' | 'netio';

/** What a table can do on this host, told by what the library exports. */
export interface RouteTableCapabilities {
  readonly ipv6: boolean;
  readonly notifications: boolean;
  readonly interfaceMetrics: boolean;
  /** Undefined: this family can only be read. */
  readonly writes: Readonly<Record<Family, WriteFunctions | undefined>>;
  readonly missingFunctions: readonly string[];
}

/** One reading of the table. */
export interface RouteSnapshot {
  /** All rows, in the order of the host. */
  readonly chunks: readonly RouteChunk[];
  /** The same as objects, which are made when they are first asked for: a large table takes its time. */
  routes(): Promise<readonly Route[]>;
  /** Equal for equal tables, whatever the order of rows, their age and what is left of their lifetimes. */
  readonly fingerprint: string;
}

/** What to reach, and how. */
export interface BestRouteQuery {
  readonly destination: Address;
  readonly source?: Address | undefined;
  readonly interface?: InterfaceIdentity | undefined;
}

/** How the host would reach an address. */
export interface BestRoute {
  readonly route: Route;
  /** Undefined: the host does not tell. */
  readonly sourceAddress: Address | undefined;
}

/** Another machine on the link of an interface. */
export interface Neighbour {
  readonly address: Address;
  readonly interface: InterfaceIdentity;
}

/** Name of the Windows function that wrote. */
export type WrittenBy = string;

/** Single rows. Writes are single native calls and are not read back here. Every method throws RouteTableError. */
export interface RouteRows {
  /** One row; undefined when there is none. */
  get(key: RouteKey): Promise<Route | undefined>;
  create(route: DesiredRoute): Promise<WrittenBy>;
  /** `current` is the row as last read. */
  set(route: DesiredRoute, current: Route): Promise<WrittenBy>;
  delete(route: Route): Promise<WrittenBy>;
}

/** The routing table of one host. Every method throws RouteTableError. */
export interface RouteTable extends RouteRows {
  readonly capabilities: RouteTableCapabilities;
  /** The persistent routes of Windows. Undefined: the host has no registry. */
  readonly registry: RouteRegistry | undefined;
  /** All rows. */
  list(): Promise<RouteSnapshot>;
  /** For some rows that are written one right after the other: what they need to know of interfaces is asked of the host once. */
  batch(): RouteRows;
  /** Why there is no such row: no such interface, family not bound to it, or no such route. */
  missing(key: RouteKey): RouteTableError;
  /** As the host itself would choose. */
  bestRoute(query: BestRouteQuery): BestRoute;
  /**
   * Asks the neighbour anew, by ARP or neighbour discovery, whatever the host remembers of it; takes seconds when nobody answers.
   * Throws FUNCTION_MISSING where the host cannot ask.
   */
  neighbourAnswers(neighbour: Neighbour): Promise<boolean>;
  /** Interfaces that have IP bound, by index. */
  interfaces(): Promise<NetworkInterface[]>;
  /** The one interface that the selector names. */
  findInterface(selector: InterfaceSelector): Promise<InterfaceIdentity>;
}
