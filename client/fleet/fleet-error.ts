/** Why a fleet cannot be addressed, or cannot be told what it shall be. */
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
  | 'NO_MATCH';

const mark = Symbol.for('routefleet.FleetError');

/** A mistake in a file or selector, before any host is spoken to. */
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
