/** Why a fleet cannot be addressed, or cannot be told what it shall be; and why a rollout cannot be begun, found or driven. */
export type FleetErrorCode =
  /** The inventory is not there, or cannot be read. */
  | 'INVENTORY_UNREADABLE'
  /** The inventory breaks a rule. */
  | 'INVENTORY_INVALID'
  /** The desired state is not there, or cannot be read. */
  | 'DESIRED_STATE_UNREADABLE'
  /** The desired state breaks a rule. */
  | 'DESIRED_STATE_INVALID'
  /** The saved plan is not there, or cannot be read or written. */
  | 'PLAN_UNREADABLE'
  /** The file is no saved plan, or one of another version. */
  | 'PLAN_INVALID'
  /** The saved plan was made for other hosts. */
  | 'PLAN_OF_OTHER_FLEET'
  /** A glob or label selector cannot be read. */
  | 'SELECTOR_INVALID'
  /** A selector takes no host. */
  | 'NO_MATCH'
  /** A wave or number of a rollout cannot be read. */
  | 'ROLLOUT_INVALID'
  /** There is no rollout of this id. */
  | 'ROLLOUT_NOT_FOUND'
  /** Another controller drives the rollout. */
  | 'ROLLOUT_LOCKED'
  /** The journal of the rollout is not what was written. */
  | 'ROLLOUT_DAMAGED'
  /** The directory of rollouts cannot be read or written. */
  | 'ROLLOUTS_UNUSABLE'
  /** A process that worked on hosts for this one ended. */
  | 'WORKER_ENDED';

const mark = Symbol.for('routefleet.FleetError');

/** A failure on the controller's side: a mistake in a file or selector, or a rollout that cannot be begun, found or driven. */
export class FleetError extends Error {
  override readonly name: string = 'FleetError';
  readonly code: FleetErrorCode;
  readonly remedy: string;

  constructor(code: FleetErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    Object.defineProperty(this, mark, { value: true });
    this.code = code;
    this.remedy = remedy;
  }

  static override [Symbol.hasInstance](value: unknown): value is FleetError {
    return typeof value === 'object' && value !== null && mark in value;
  }
}
