import { InvalidValueError } from '../../proto/invalid-value.js';
import type { ErrorReason } from '../../proto/reasons.js';
import { RouteTableError } from '../routes/errors.js';

/** Why something failed, as data that can be kept on disk. */
export interface Failure {
  readonly reason: ErrorReason;
  readonly message: string;
  readonly remedy: string;
  /** Further facts, such as `win32_code`. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** A failure as an error. */
export function toError({ reason, message, remedy, facts = {} }: Failure): RouteTableError {
  return new RouteTableError(reason, message, { remedy, facts });
}

/** An error as a failure. Whatever nobody foresaw becomes INTERNAL, and keeps its message: it goes into the journal of this host. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RouteTableError)
    return { reason: error.reason, message: error.message, remedy: error.remedy, facts: error.metadata };
  if (error instanceof InvalidValueError) return { reason: error.reason, message: error.message, remedy: error.remedy };
  return { reason: 'INTERNAL', message: String(error), remedy: 'look at the log of the agent, and report it' };
}
