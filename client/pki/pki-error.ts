/** Why an authority cannot do what is asked. */
export type PkiErrorCode =
  /** There is no authority in the directory. */
  | 'NO_AUTHORITY'
  /** Something is there already, and is not overwritten. */
  | 'EXISTS'
  /** No certificate, token or file of this name. */
  | 'NOT_FOUND'
  /** A name, time or file that is given breaks a rule. */
  | 'INVALID'
  /** A request names what it may not have. */
  | 'NAME_MISMATCH'
  /** A key can be read by others. */
  | 'KEY_TOO_OPEN'
  /** It is not the time for that: another step of a rotation, a certificate that ended. */
  | 'NOT_NOW'
  /** The certificate was revoked. */
  | 'REVOKED'
  /** A file of the authority is not what was written. */
  | 'DAMAGED'
  /** The disk or the system refuses. */
  | 'UNUSABLE';

/** A failure of the authority. The message names the value and the rule, `remedy` says what to do. */
export class PkiError extends Error {
  override readonly name: string = 'PkiError';
  readonly code: PkiErrorCode;
  readonly remedy: string;

  constructor(code: PkiErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
