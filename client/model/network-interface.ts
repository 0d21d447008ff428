import type { AddressFamily, UnknownName } from './route.js';

/**
 * OperStatus.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2863
 */
export type OperationalStatus = 'up' | 'down' | 'testing' | 'unknown' | 'dormant' | 'notPresent' | 'lowerLayerDown' | UnknownName;

/** AdminStatus. */
export type AdministrativeStatus = 'up' | 'down' | 'testing' | UnknownName;

/** A unicast address of an interface. */
export interface InterfaceAddress {
  /** Canonical; link-local IPv6 with its zone, "fe80::1%12". */
  readonly address: string;
  /** Bits of the on-link prefix. */
  readonly prefixLength: number;
}

/**
 * One family as bound to an interface.
 *
 * @see https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipinterface_row
 */
export interface InterfaceBinding {
  readonly family: AddressFamily;
  /** Added to every route's own metric. Undefined: the host does not tell. */
  readonly metric?: number | undefined;
  /** Windows derives the metric from the link speed. */
  readonly automaticMetric: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** The interface has a link for this family. */
  readonly connected: boolean;
  readonly forwarding: boolean;
}

/**
 * A network interface of a host.
 *
 * @see https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_if_row2
 */
export interface NetworkInterface {
  /** "Ethernet 2" */
  readonly alias: string;
  /** "Intel(R) Ethernet Connection" */
  readonly description: string;
  /** NET_IFINDEX; not stable across reboots. */
  readonly index: number;
  /** NET_LUID; stable. */
  readonly luid: bigint;
  /** "{6B29FC40-CA47-1067-B31D-00DD010662DA}"; stable. */
  readonly guid: string;
  /** IANA ifType: 6 Ethernet, 24 loopback, 71 wireless, 131 tunnel. */
  readonly type: number;
  /** Undefined: the host does not tell. */
  readonly operationalStatus?: OperationalStatus | undefined;
  /** Undefined: the host does not tell. */
  readonly administrativeStatus?: AdministrativeStatus | undefined;
  /** "00-15-5d-01-02-03"; undefined: it has none. */
  readonly physicalAddress?: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  /** Undefined: unknown. */
  readonly transmitBitsPerSecond?: bigint | undefined;
  readonly addresses: readonly InterfaceAddress[];
  /** A family that is switched off is not listed. */
  readonly bindings: readonly InterfaceBinding[];
}
