import type { RouteError, RouteErrorReason } from '../errors/route-error.js';

/** What the shell is told. The numbers above 63 are those of BSD's sysexits and of a shell after Ctrl-C. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  partlyFailed: 3,
  usage: 64,
  unreachable: 69,
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What became of the hosts of a command. */
export interface Outcome {
  readonly succeeded: number;
  readonly errors: readonly RouteError[];
  /** Hosts that were not begun. */
  readonly untouched: number;
  /** The user pressed Ctrl-C. */
  readonly interrupted: boolean;
}

/** Reasons that lie in what was given to this program, though they show per host. */
const inputReasons: ReadonlySet<RouteErrorReason> = new Set(['INVALID_CREDENTIALS', 'PLAINTEXT_REFUSED']);

/** The exit code of a command that addressed hosts. */
export function exitCodeOf({ succeeded, errors, untouched, interrupted }: Outcome): ExitCode {
  if (interrupted && (untouched > 0 || errors.some(({ reason }) => reason === 'CANCELLED'))) return exitCodes.interrupted;
  if (errors.length === 0) return exitCodes.ok;
  if (succeeded > 0) return exitCodes.partlyFailed;
  if (errors.every(({ reason }) => reason === 'UNREACHABLE')) return exitCodes.unreachable;
  return errors.every(({ reason }) => inputReasons.has(reason)) ? exitCodes.usage : exitCodes.failed;
}
