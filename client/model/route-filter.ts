import type { AddressFamily, RouteOrigin, RouteProtocol } from './route.js';
import type { InterfaceSelector } from './route-spec.js';

/** Which destinations to take. */
export type DestinationFilter =
  /** Only this very prefix. */
  | { readonly exact: string }
  /** This prefix and every longer prefix inside it. */
  | { readonly within: string }
  /** Every prefix that holds this address. */
  | { readonly covering: string };

/** Rows to list; the agent does the filtering. Every field narrows; an empty filter takes all rows. */
export interface RouteFilter {
  /** Absent: both. */
  readonly family?: AddressFamily | undefined;
  readonly destination?: DestinationFilter | undefined;
  readonly interface?: InterfaceSelector | undefined;
  /** "0.0.0.0" or "::" for the on-link rows of that family. */
  readonly nextHop?: string | undefined;
  /** Any of these. Absent or empty: any protocol. */
  readonly protocols?: readonly RouteProtocol[] | undefined;
  /** Any of these. Absent or empty: any origin. */
  readonly origins?: readonly RouteOrigin[] | undefined;
  /** Rows that this owner asked an agent for. */
  readonly owner?: string | undefined;
  /** Lowest `metric` (the route's own offset) that passes. */
  readonly minMetric?: number | undefined;
  /** Highest `metric` (the route's own offset) that passes. */
  readonly maxMetric?: number | undefined;
}
