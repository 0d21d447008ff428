import type { ErrorReason } from './reasons.js';

/** A value that breaks a rule of the contract. The message names the value and the rule, `remedy` says what to write instead. */
export class InvalidValueError extends Error {
  override readonly name: string = 'InvalidValueError';
  readonly reason: ErrorReason;
  readonly remedy: string;

  constructor(reason: ErrorReason, message: string, remedy: string) {
    super(message);
    this.reason = reason;
    this.remedy = remedy;
  }
}
