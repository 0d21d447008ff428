import type { RouteFailure } from '../errors/route-error.js';
import type { Risk } from './change.js';
import type { Route, UnknownName } from './route.js';

/** What a step does to its row. */
export type StepKind = 'create' | 'set' | 'delete' | 'unchanged' | UnknownName;

/** One step of a plan. */
export interface PlanStep {
  readonly kind: StepKind;
  /** The row before. Undefined: there is none yet. */
  readonly before?: Route | undefined;
  /** The row after. Undefined: it goes. */
  readonly after?: Route | undefined;
  /** Position of the operation or desired route in the change, from 0. Undefined: it goes since nobody desires it. */
  readonly operationIndex?: number | undefined;
  /** Why the operation cannot be done; only with atomicity "continueOnError". Undefined: it can. */
  readonly failure?: RouteFailure | undefined;
  /** Names of the values of PersistentRoutes that go from the registry with the row. Undefined: none. */
  readonly registryValues?: readonly string[] | undefined;
}

/** How the host's way to an address changes. */
export interface BestRouteChange {
  readonly destination: string;
  /** It is the address of a connected controller. */
  readonly management: boolean;
  /** Best route before. Undefined: unreachable. */
  readonly before?: Route | undefined;
  /** Best route after. Undefined: unreachable. */
  readonly after?: Route | undefined;
}

/** What a person should read before a change is applied. */
export interface PlanWarning {
  /** Stable, like `RouteError.reason`. */
  readonly reason: string;
  readonly message: string;
  /** What to do about it. Undefined: nothing. */
  readonly remedy?: string | undefined;
  /** Must be accepted for the change to be applied. Undefined: nothing has to be. */
  readonly risk?: Risk | UnknownName | undefined;
}

/** A plan as a whole. */
export interface PlanSummary {
  /** For `ApplyOptions.planToken`. */
  readonly planToken: string;
  /** Revision of the table that was read. */
  readonly revision: bigint;
  /** Number of rows that come. */
  readonly creates: number;
  /** Number of rows that change. */
  readonly sets: number;
  /** Number of rows that go. */
  readonly deletes: number;
  /** Number of rows that already are as asked. */
  readonly unchanged: number;
  /** Ways to the connected controllers and to `ChangeOptions.destinations`. */
  readonly bestRoutes: readonly BestRouteChange[];
  readonly warnings: readonly PlanWarning[];
}

/** What a change would do. */
export interface Plan extends PlanSummary {
  /** In the order of execution: creates, sets, deletes, and then what is unchanged. */
  readonly steps: readonly PlanStep[];
}
