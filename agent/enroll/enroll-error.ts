/** Why an agent has no new certificate. */
export type EnrollErrorCode =
  /** Nobody answers, or not in time. */
  | 'UNREACHABLE'
  /** No CA that the server shows has the pin, or it does not stand behind the server's certificate. */
  | 'PIN_MISMATCH'
  /** The server said no; the message is its own. */
  | 'REFUSED'
  /** The answer is not what a server of this fleet gives. */
  | 'BAD_ANSWER'
  /** The files of the enrolment cannot be read or written. */
  | 'FILES';

/** An enrolment or renewal that failed. Holds neither token nor key. */
export class EnrollError extends Error {
  override readonly name: string = 'EnrollError';
  readonly code: EnrollErrorCode;
  readonly remedy: string;

  constructor(code: EnrollErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}
