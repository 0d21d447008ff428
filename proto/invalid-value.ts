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

/** Longest part of a value that a message repeats: enough to find it, too little to blow up a header of HTTP/2. */
const quotedCharacters = 100;

/** A value as a message names it: in quotes, and cut when it is long. */
export function quote(text: string): string {
  return `"${text.length > quotedCharacters ? `${text.slice(0, quotedCharacters)}…` : text}"`;
}
