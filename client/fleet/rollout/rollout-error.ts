/** Why a rollout cannot be begun, found or driven. */
export type RolloutErrorCode =
  /** A wave or number cannot be read. */
  | 'ROLLOUT_INVALID'
  /** There is no rollout of this id. */
  | 'ROLLOUT_NOT_FOUND'
  /** Another controller drives it. */
  | 'ROLLOUT_LOCKED'
  /** Its journal is not what was written. */
  | 'ROLLOUT_DAMAGED'
  /** The directory of rollouts cannot be read or written. */
  | 'ROLLOUTS_UNUSABLE';

const mark = Symbol.for('routefleet.RolloutError');

/** A failure of the controller's side of a rollout. What fails on a host is its outcome, not an error. */
export class RolloutError extends Error {
  override readonly name: string = 'RolloutError';
  readonly code: RolloutErrorCode;
  readonly remedy: string;

  constructor(code: RolloutErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    Object.defineProperty(this, mark, { value: true });
    this.code = code;
    this.remedy = remedy;
  }

  static override [Symbol.hasInstance](value: unknown): value is RolloutError {
    return typeof value === 'object' && value !== null && mark in value;
  }
}
