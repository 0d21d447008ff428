import { PkiError, type PkiErrorCode } from '../../pki/pki-error.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import { renderFailure } from '../render/failure.js';

/** Not a mistake in what was given: something stands in the way on this machine. */
const failedHere: ReadonlySet<PkiErrorCode> = new Set(['KEY_TOO_OPEN', 'NOT_NOW', 'REVOKED', 'DAMAGED', 'UNUSABLE']);

/** An action of commander that says on standard error what an authority refuses, and sets the exit code. */
export function pkiAction<Args extends unknown[]>(
  { io, finish }: CommandContext,
  act: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await act(...args);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      const { code: reason, message, remedy } = error;
      io.stderr.write(renderFailure('error', { message, reason, remedy }, io.color.stderr));
      finish(failedHere.has(reason) ? exitCodes.failed : exitCodes.usage);
    }
  };
}
