/** IP version of a route, an address or an interface binding. */
export type AddressFamily = 'ipv4' | 'ipv6';

/** A value of a newer agent that this version has no name for, with its number on the wire. */
export type UnknownName = `unknown(${number})`;

/**
 * Who put a row into the table.
 *
 * @see https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_route_protocol
 */
export type RouteProtocol =
  | 'other'
  /** Made by the stack itself: own addresses, on-link prefixes, loopback, multicast, broadcast. */
  | 'local'
  /** A static route, made by an administrator or a program; the only one that an agent writes. */
  | 'netMgmt'
  | 'icmp'
  | 'egp'
  | 'ggp'
  | 'hello'
  | 'rip'
  | 'isIs'
  | 'esIs'
  | 'cisco'
  | 'bbn'
  | 'ospf'
  | 'bgp'
  | 'idpr'
  | 'eigrp'
  | 'dvmrp'
  | 'rpl'
  | 'dhcp'
  | 'ntAutostatic'
  | 'ntStatic'
  | 'ntStaticNonDod'
  | UnknownName;

/**
 * How a row came to be.
 *
 * @see https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_route_origin
 */
export type RouteOrigin = 'manual' | 'wellKnown' | 'dhcp' | 'routerAdvertisement' | 'sixToFour' | UnknownName;

/**
 * A row of the routing table, as the kernel has it.
 *
 * @see https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipforward_row2
 */
export interface Route {
  /** Canonical: "0.0.0.0/0", "fe80::/64". */
  readonly destinationPrefix: string;
  /** Canonical; "0.0.0.0" or "::" when on-link. A link-local one has the interface as its zone: "fe80::1%12". */
  readonly nextHop: string;
  /** The destination is reached without a next hop. */
  readonly onLink: boolean;
  readonly family: AddressFamily;
  /** NET_IFINDEX; not stable across reboots. */
  readonly interfaceIndex: number;
  /** NET_LUID; stable. */
  readonly interfaceLuid: bigint;
  /** "Ethernet 2"; undefined when the host knows no name for it. */
  readonly interfaceAlias?: string | undefined;
  /** The route's own offset, without the interface metric. */
  readonly metric: number;
  /** Undefined: the host could not tell; `metric`, when read through the classic table, then still contains it. */
  readonly interfaceMetric?: number | undefined;
  /** metric + interfaceMetric: what Windows compares. Undefined with interfaceMetric. */
  readonly effectiveMetric?: number | undefined;
  readonly protocol: RouteProtocol;
  /** Undefined: read through the classic table, which does not say. */
  readonly origin?: RouteOrigin | undefined;
  /** Time that is left. Undefined: infinite. */
  readonly validLifetimeSeconds?: number | undefined;
  /** Time that is left. Undefined: infinite. */
  readonly preferredLifetimeSeconds?: number | undefined;
  /** Time since the row was added or changed. Undefined: the host does not tell. */
  readonly ageSeconds?: number | undefined;
  /** Bits, 0 to the length of the prefix. */
  readonly sitePrefixLength: number;
  /** The next hop is the host itself. */
  readonly loopback: boolean;
  /** The prefix came from a router advertisement that configures addresses. */
  readonly autoconfigured: boolean;
  /** The row is announced in router advertisements. */
  readonly publish: boolean;
  /** The row does not age. */
  readonly immortal: boolean;
  /** Who asked the agent for the row. Undefined: foreign. */
  readonly owner?: string | undefined;
  /** The agent keeps the row over reboots and interface flaps. */
  readonly persistent: boolean;
  /** Changes when anything but age, lifetimes and `inRegistry` changes. Opaque. */
  readonly etag: string;
  /**
   * The row also stands in the registry (PersistentRoutes, as "route -p add" writes it), and comes back at every boot of Windows. IPv4 alone; false of
   * agents that do not know.
   */
  readonly inRegistry: boolean;
}
