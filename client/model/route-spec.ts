/**
 * Names one interface of a host, in exactly one way. LUID and GUID are stable; an index is not; an alias is compared without case and must be
 * unique on the host.
 */
export type InterfaceSelector =
  | { readonly index: number }
  | { readonly luid: bigint }
  /** "{6B29FC40-CA47-1067-B31D-00DD010662DA}"; braces and case do not matter. */
  | { readonly guid: string }
  | { readonly alias: string };

/** What makes a row unique. The metric is not part of it. */
export interface RouteKey {
  /** "10.0.0.0/8" or "2001:db8::/32"; host bits must be zero. */
  readonly destinationPrefix: string;
  /** Address of the same family. Absent, "0.0.0.0" and "::" mean on-link. */
  readonly nextHop?: string | undefined;
  /**
   * Absent: the interface by which the host itself would reach the next hop or, where a single row has this prefix and next hop, that row's.
   */
  readonly interface?: InterfaceSelector | undefined;
}

/** A row as it shall be. What is absent is left to the agent or, when a row is changed, as it is. */
export interface RouteSpec extends RouteKey {
  /** The route's own offset, 0 to 4294967295; Windows adds the interface metric. Absent: 0 for a new row. */
  readonly metric?: number | undefined;
  /** Whole seconds. Absent: infinite for a new row. */
  readonly validLifetimeSeconds?: number | undefined;
  /** Whole seconds, not above validLifetimeSeconds. Absent: like validLifetimeSeconds. */
  readonly preferredLifetimeSeconds?: number | undefined;
  /** Announce the row in router advertisements. Absent: false for a new row. */
  readonly publish?: boolean | undefined;
  /** Have the agent keep the row over reboots and interface flaps; needs an `owner` (OWNER_REQUIRED). Default false. */
  readonly persistent?: boolean | undefined;
}
