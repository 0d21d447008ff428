import type { Commit } from './commit.js';
import type { PlanWarning } from './plan.js';
import type { Route } from './route.js';
import type { InterfaceSelector } from './route-spec.js';

/** Asks how the host would reach an address. */
export interface BestRouteQuery {
  readonly destination: string;
  /** Source address that the host shall use. Absent: it chooses. */
  readonly source?: string | undefined;
  /** Interface that the host shall use. Absent: it chooses. */
  readonly interface?: InterfaceSelector | undefined;
}

/** How the host would reach an address. */
export interface BestRoute {
  readonly route: Route;
  /** Source address that the host would use. Undefined: it does not tell. */
  readonly sourceAddress?: string | undefined;
}

/** A row that was created. */
export interface CreateRouteResult {
  /** As read back; with `validateOnly`, as it would be. */
  readonly route: Route;
  /** It was there before, and nothing was written. */
  readonly alreadyExisted: boolean;
  /** Windows function that wrote it. Undefined: nothing was written. */
  readonly function?: string | undefined;
  /** Undefined: nothing was written. */
  readonly commit?: Commit | undefined;
}

/** A row that was changed. */
export interface SetRouteResult {
  /** As read back; with `validateOnly`, as it would be. */
  readonly route: Route;
  /** The row before. */
  readonly previous: Route;
  /** Windows function that wrote it. Undefined: it already was as asked. */
  readonly function?: string | undefined;
  /** Undefined: nothing was written. */
  readonly commit?: Commit | undefined;
  /** What to know of it, such as that the row comes back at the next boot. */
  readonly warnings: readonly PlanWarning[];
}

/** A row that was deleted. */
export interface DeleteRouteResult {
  /** As it was. Undefined: there was none (`allowMissing`). */
  readonly route?: Route | undefined;
  /** Windows function that deleted it. Undefined: nothing was written. */
  readonly function?: string | undefined;
  /** Undefined: nothing was written. */
  readonly commit?: Commit | undefined;
  /** Names of the values of PersistentRoutes that go from the registry with the row. */
  readonly registryValues: readonly string[];
  /** What to know of it, such as that the row comes back at the next boot. */
  readonly warnings: readonly PlanWarning[];
}

/** Asks for a default gateway. */
export interface DefaultGateway {
  /** The new next hop; its family says which default route is meant. */
  readonly nextHop: string;
  /** Absent: the interface by which the host reaches `nextHop`. */
  readonly interface?: InterfaceSelector | undefined;
  /** The route's own offset. Absent: that of the best default route that is replaced. */
  readonly metric?: number | undefined;
  /** Replace only the default routes of the same interface. Default false: those of all interfaces. */
  readonly sameInterfaceOnly?: boolean | undefined;
}

/** A default gateway that was set. */
export interface SetDefaultGatewayResult {
  /** The new default route, as read back; with `validateOnly`, as it would be. */
  readonly route: Route;
  /** The default routes that were deleted. */
  readonly replaced: readonly Route[];
  /** Undefined: nothing was written. */
  readonly commit?: Commit | undefined;
  /** What to know of it, such as that the row comes back at the next boot. */
  readonly warnings: readonly PlanWarning[];
}
