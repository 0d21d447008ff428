import type { EnrolmentRefusal } from '../../proto/enrolment.js';
import { PkiError, type PkiErrorCode } from '../pki/pki-error.js';

/** A request that an enrolment server refuses. Its texts go to whoever asks: they hold nothing of the token. */
export class EnrolmentError extends Error {
  override readonly name: string = 'EnrolmentError';
  readonly code: EnrolmentRefusal;
  readonly remedy: string;

  constructor(code: EnrolmentRefusal, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/** HTTP status of every refusal. */
export const statusOf: Readonly<Record<EnrolmentRefusal, number>> = {
  BAD_REQUEST: 400,
  BAD_CERTIFICATE_REQUEST: 400,
  TOKEN_UNKNOWN: 403,
  TOKEN_USED: 403,
  TOKEN_EXPIRED: 403,
  NAME_MISMATCH: 403,
  CERTIFICATE_REQUIRED: 401,
  CERTIFICATE_REVOKED: 403,
  NOT_AN_AGENT: 403,
  SERVER_FAILED: 500,
};

const refusalOf: Readonly<Partial<Record<PkiErrorCode, EnrolmentRefusal>>> = {
  INVALID: 'BAD_CERTIFICATE_REQUEST',
  NAME_MISMATCH: 'NAME_MISMATCH',
  REVOKED: 'CERTIFICATE_REVOKED',
  NOT_FOUND: 'CERTIFICATE_REQUIRED',
  NOT_NOW: 'CERTIFICATE_REQUIRED',
};

/** What is answered for an error. What happens inside the server is told to its log alone. */
export function toEnrolmentError(error: unknown): EnrolmentError {
  if (error instanceof EnrolmentError) return error;
  const code = error instanceof PkiError ? refusalOf[error.code] : undefined;
  if (error instanceof PkiError && code !== undefined) return new EnrolmentError(code, error.message, error.remedy, error);
  return new EnrolmentError('SERVER_FAILED', 'the enrolment server failed', 'see what it says itself', error);
}
