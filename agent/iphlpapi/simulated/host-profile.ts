import type { Family } from '../../../proto/address.js';
import type { IphlpapiFunction } from '../iphlpapi.js';

/** Who configured an address or a route; becomes NL_ROUTE_ORIGIN. */
export type ConfigurationOrigin = 'manual' | 'wellKnown' | 'dhcp' | 'routerAdvertisement';

/** A family as bound to an interface. */
export interface BindingProfile {
  readonly metric: number;
  readonly automaticMetric: boolean;
  readonly forwarding: boolean;
}

/** A unicast address with its on-link prefix length, "10.20.0.10/16". */
export interface AddressProfile {
  readonly address: string;
  readonly origin: ConfigurationOrigin;
}

/** A network interface as it is configured. */
export interface InterfaceProfile {
  readonly alias: string;
  readonly description: string;
  readonly index: number;
  /** NetLuidIndex, which together with `type` makes the LUID. */
  readonly luidIndex: number;
  /** "{6B29FC40-CA47-1067-B31D-00DD010662DA}" */
  readonly guid: string;
  /** IANA ifType: 6 Ethernet, 24 loopback, 71 wireless, 131 tunnel. */
  readonly type: number;
  /** In bytes. */
  readonly mtu: number;
  /** In bits per second. */
  readonly transmitLinkSpeed: bigint;
  /** "00-15-5d-01-02-03"; empty for none. */
  readonly physicalAddress: string;
  /** 'disconnected' has no link, 'disabled' is switched off by the administrator and has no family bound. */
  readonly status: 'up' | 'disconnected' | 'disabled';
  readonly addresses: readonly AddressProfile[];
  /** A family that is not here is not bound: its functions answer 1168. */
  readonly bindings: Readonly<Partial<Record<Family, BindingProfile>>>;
  /** The classic functions work only on interfaces with a single sub-interface. */
  readonly singleSubInterface: boolean;
}

/** A route of the host's configuration (DHCP, router advertisement, persistent store): it returns when its interface does. */
export interface RouteProfile {
  readonly interfaceAlias: string;
  readonly destinationPrefix: string;
  /** "0.0.0.0" or "::" for on-link. */
  readonly nextHop: string;
  readonly metric: number;
  readonly origin: ConfigurationOrigin;
}

/** Behaviours that some systems show and that the agent must cope with. */
export interface Quirks {
  /** SetIpForwardEntry returns 0 and leaves the metric: its page lists dwForwardMetric1 as unused. */
  readonly classicSetIgnoresMetric: boolean;
  /** Writes return 0 and do nothing, as under Wine 8. */
  readonly stubWrites: boolean;
}

/** A Windows host as plain data. */
export interface SimulatedHostProfile {
  /** Name of the profile, for `description`. */
  readonly name: string;
  readonly hostName: string;
  readonly operatingSystem: string;
  readonly elevated: boolean;
  /** Families that have a stack on this host; functions for any other answer 50. */
  readonly transports: readonly Family[];
  readonly interfaces: readonly InterfaceProfile[];
  readonly routes: readonly RouteProfile[];
  /** Names of values of PersistentRoutes, "10.0.0.0,255.0.0.0,192.0.2.1,1". */
  readonly persistentRoutes: readonly string[];
  /** Functions that this host's library does not export. */
  readonly missing: readonly IphlpapiFunction[];
  readonly quirks: Quirks;
}
