import { remedyFor } from '../commits/journal/failures.js';
import { RouteTableError } from '../routes/errors.js';
import type { Wrong } from './verify.js';

/** The log on disk is not what the agent wrote. */
export class AuditDamagedError extends Error {
  override readonly name: string = 'AuditDamagedError';

  constructor({ file, line, what }: Wrong) {
    super(`${file}${line === 0 ? '' : `, line ${line}`}: ${what}`);
  }
}

/** Why an entry could not be written. */
export function auditUnavailable(directory: string, cause: unknown): RouteTableError {
  const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
  if (cause instanceof AuditDamagedError) {
    return new RouteTableError('AUDIT_UNAVAILABLE', `the audit log in ${directory} was tampered with or is damaged: ${message}`, {
      remedy: `keep ${directory} as evidence by moving it elsewhere; a new log is then begun without a restart`,
      facts: { path: directory, code: 'DAMAGED' },
      cause,
    });
  }
  return new RouteTableError('AUDIT_UNAVAILABLE', `the audit log in ${directory} cannot be written: ${message}`, {
    remedy: `${remedyFor(code, directory)}; writes are then taken again without a restart`,
    facts: { path: directory, code },
    cause,
  });
}
